export { createNativeUsearchIndex, loadNativeUsearchIndex, NativeUsearchIndex } from './native-index.ts'
