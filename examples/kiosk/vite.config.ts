import { defineConfig, type Plugin } from 'vite'
import { contentSecurityPolicy } from './build/content-security-policy.ts'
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
  plugins: [policyPlugin(), offlinePlugin()],
})

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
