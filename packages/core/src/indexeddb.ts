export { indexedDbStore, type IndexedDbStoreOptions } from './store/indexeddb/indexeddb-store.ts'
