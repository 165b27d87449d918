import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: 'src/index.ts',
  platform: 'node',
  target: 'node22.13',
  // `.js`, as in the other packages; "type" in package.json says it is a module.
  fixedExtension: false,
  dts: true,
  copy: '../../NOTICE',
  logLevel: 'warn',
})
