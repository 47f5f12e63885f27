import { describe, vi } from 'vitest';
import { createTemporaryFolder } from '../stores/sqlite/sqlite_store.mock.ts';
import { itMigratesWithProcesses } from './process_behaviour.mock.ts';

// This test starts several processes, which takes long when all cores are busy.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

describe('migration by several processes on one SQLite file', () => {
  itMigratesWithProcesses(async () => {
    const folder = await createTemporaryFolder();
    return { location: { file: folder.file }, cleanup: folder.remove };
  });
});
