/** Entry point for the programs in `testing/`. Exports parts of the plugin that they observe. */

export { RunExecutor } from '../runs/execution/run_executor.ts';
export { RunWorker } from '../runs/execution/run_worker.ts';
export { DEFAULT_WORKER_TIMINGS } from '../runs/execution/worker_timings.ts';
export { RunAccess } from '../runs/reading/run_access.ts';
export { RunService } from '../runs/run_service.ts';
export { JournalStore } from '../runs/store/journal_store.ts';
export { RunStore, type StoredRun } from '../runs/store/run_store.ts';
export { StoredJournal } from '../runs/store/stored_journal.ts';
export { DocumentReader } from '../workflows/document_reader.ts';
