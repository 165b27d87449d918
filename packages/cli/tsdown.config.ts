import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/main.ts', 'src/matcher-thread.ts'],
  platform: 'node',
  target: 'node22.13',
  // `.js`, as in the other packages; "type" in package.json says it is a module.
  fixedExtension: false,
  dts: false,
  logLevel: 'warn',
})
