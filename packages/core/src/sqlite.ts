export { sqliteStore, type SqliteStore, type SqliteStoreOptions } from './store/sqlite-store.ts'
