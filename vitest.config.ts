import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'

/** Packages see each other's sources; the rest is what Vite has by default. */
const conditions = ['visavis-source', 'module', 'development|production']

const inBrowser = ['test/browser/**/*.test.ts', '{packages,test}/**/*.browser.test.ts']

export default defineConfig({
  test: {
    // Many tests wait for processes and pages of their own.
    maxWorkers: '100%',
    projects: [
      {
        ssr: { resolve: { conditions: [...conditions, 'node'] } },
        test: {
          name: 'unit',
          include: ['{packages,examples}/*/src/**/*.test.ts', 'benchmarks/src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...inBrowser],
          setupFiles: 'test/fail-on-console.ts',
          // For what tests start outside of Vite: worker threads and processes.
          execArgv: ['--conditions=visavis-source'],
          // Long, since a busy machine is slow, and how fast anything is the benchmarks ask.
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        resolve: {
          conditions: [...conditions, 'browser'],
        },
        test: {
          name: 'browser',
          include: inBrowser,
          setupFiles: 'test/fail-on-console.ts',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: 'chromium' }],
            provider: playwright({
              launchOptions: {
                ...(process.env.VISAVIS_CHROMIUM && { executablePath: process.env.VISAVIS_CHROMIUM }),
                args: [
                  // Containers and root have no sandbox; the only pages are our own.
                  '--no-sandbox',
                  '--disable-gpu',
                  // Chromium's own errands, which a closed network refuses over and over.
                  '--disable-quic',
                  '--no-first-run',
                  '--disable-background-networking',
                  '--disable-component-update',
                  '--disable-sync',
                ],
              },
            }),
          },
        },
      },
    ],
  },
})
