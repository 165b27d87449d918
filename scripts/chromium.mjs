/** Finds a Chromium for the browser tests, or gets one. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
import { chromium } from 'playwright'

/** @returns {string} the path of its executable */
export function findChromium() {
  const named = process.env.VISAVIS_CHROMIUM
  if (named) {
    if (isExecutable(named)) return named
    throw new Error(`VISAVIS_CHROMIUM names ${named}, which is not an executable file.`)
  }
  const found = playwrightChromium() ?? installedChromium()
  if (found) return found
  console.error('No Chromium is installed; getting one for the browser tests.')
  const got = downloadedChromium() ?? packagedChromium()
  if (got) return got
  throw new Error(
    'No Chromium could be found or installed. Install Chromium or Google Chrome, or run `npx playwright install chromium`, ' +
      'or put the path of one into the environment variable VISAVIS_CHROMIUM.',
  )
}

function playwrightChromium() {
  const file = chromium.executablePath()
  return isExecutable(file) ? file : undefined
}

function installedChromium() {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  const macApps = ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
  const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  return [...commands.flatMap((name) => folders.map((folder) => path.join(folder, name))), ...macApps].find(
    isExecutable,
  )
}

/** Playwright's own, where its server can be reached; a closed network must not hold up the tests for long. */
function downloadedChromium() {
  const cli = path.join(path.dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js')
  const { status } = spawnSync(process.execPath, [cli, 'install', '--no-shell', 'chromium'], {
    stdio: 'ignore',
    timeout: 300_000,
    env: { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '5000' },
  })
  if (status !== 0) console.error("Playwright's own Chromium could not be downloaded.")
  return playwrightChromium()
}

/** Debian's, where we may install packages. */
function packagedChromium() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  console.error('Installing the package chromium with apt-get.')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', 'chromium']]) {
    const { error, status, stderr } = spawnSync('apt-get', ['-qq', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env,
      encoding: 'utf8',
    })
    if (error || status !== 0) {
      console.error(`apt-get ${args.join(' ')} failed: ${error?.message ?? stderr.trim()}`)
      return undefined
    }
  }
  return installedChromium()
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
