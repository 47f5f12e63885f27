import { describe, jest } from '@jest/globals';
import { createTemporaryFolder } from '../stores/sqlite/sqlite_store.mock.ts';
import { itMigratesWithProcesses } from './process_behaviour.mock.ts';

// This test starts several processes, which takes long when all cores are busy.
jest.setTimeout(300_000);

describe('migration by several processes on one SQLite file', () => {
  itMigratesWithProcesses(async () => {
    const folder = await createTemporaryFolder();
    return { location: { file: folder.file }, cleanup: folder.remove };
  });
});
