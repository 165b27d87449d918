import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/convert.ts'],
  platform: 'neutral',
  target: 'es2023',
  dts: true,
  copy: '../../NOTICE',
  logLevel: 'warn',
  deps: { neverBundle: [/^node:/] },
})
