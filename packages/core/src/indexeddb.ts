export { indexedDbStore, type IndexedDbStoreOptions } from './store/indexeddb-store.ts'
