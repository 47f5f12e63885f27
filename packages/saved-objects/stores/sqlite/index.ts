export type { SqliteStoreOptions } from './sqlite_store.ts';
export { createSqliteStore } from './sqlite_store.ts';
