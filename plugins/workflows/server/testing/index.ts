/** The entry point for the tools in `testing/`: the parts of the plugin that a tool observes. */
export { JournalStore } from '../runs/journal_store.ts';
export { RunAccess } from '../runs/run_access.ts';
export { RunExecutor } from '../runs/run_executor.ts';
export { RunService } from '../runs/run_service.ts';
export { RunStore, type StoredRun } from '../runs/run_store.ts';
export { RunWorker } from '../runs/run_worker.ts';
export { StoredJournal } from '../runs/stored_journal.ts';
export { DEFAULT_WORKER_TIMINGS } from '../runs/worker_timings.ts';
export { DocumentReader } from '../workflows/document_reader.ts';
