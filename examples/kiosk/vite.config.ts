import path from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import { contentSecurityPolicy } from './build/content-security-policy.ts'
import { modelsPlugin } from './build/models-plugin.ts'
import { offlinePlugin } from './build/offline-plugin.ts'

export default defineConfig({
  // Relative, so that the app can be served from any folder.
  base: './',
  build: {
    target: 'es2023',
    // Recognition is one large file by nature.
    chunkSizeWarningLimit: 1000,
    // As a data: URL a file would need a looser policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  plugins: [policyPlugin(), modelsPlugin(modelsFolder()), offlinePlugin()],
})

/** Relative to where the command was started that builds the kiosk. */
function modelsFolder(): string | undefined {
  const { KIOSK_MODELS: folder, INIT_CWD: started } = process.env
  return folder === undefined || folder === '' ? undefined : path.resolve(started ?? process.cwd(), folder)
}

/** Puts the policy into the built page; the development server's own scripts would not pass it. */
function policyPlugin(): Plugin {
  return {
    name: 'kiosk-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: {
          'http-equiv': 'Content-Security-Policy',
          content: contentSecurityPolicy(process.env['VITE_KIOSK_CLOUD']),
        },
        injectTo: 'head-prepend',
      },
    ],
  }
}
