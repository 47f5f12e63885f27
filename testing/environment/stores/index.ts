export type { BackedUp, Backup } from './backup.ts';
export { backUpElasticsearch, backUpSqlite } from './backup.ts';
export type { ElasticsearchOfTheRun } from './elasticsearch_of_the_run.ts';
export {
  elasticsearchOfTheRun,
  snapshotFolder,
  startElasticsearchOfTheRun,
  stopElasticsearchOfTheRun,
} from './elasticsearch_of_the_run.ts';
export type { Separation, WriteRefusal } from './store_faults.ts';
export {
  elasticsearchRefusals,
  separateFromElasticsearch,
  separateFromSqlite,
  sqliteRefusals,
} from './store_faults.ts';
export type { Store } from './stores.ts';
export { itIsMissing, onEachStore, onElasticsearch, sqlite } from './stores.ts';
