export { sqliteStore, type SqliteStoreOptions } from './store/sqlite-store.ts'
