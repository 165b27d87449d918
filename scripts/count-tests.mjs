/**
 * Prints how many tests passed and how many failed: `node scripts/count-tests.mjs <JSON report of Vitest> <exit code>`.
 * What is wrong beside the tests counts as one more failure: no report, no test, a file that did not load, a rejection
 * that nobody handled.
 */
import { readFileSync } from 'node:fs'

const [file = '', exitCode] = process.argv.slice(2)
const { passed, failed } = read()
console.log(passed, failed === 0 && (passed === 0 || exitCode !== '0') ? 1 : failed)

function read() {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    return { passed: Number(report.numPassedTests), failed: Number(report.numFailedTests) }
  } catch {
    return { passed: 0, failed: 0 }
  }
}
