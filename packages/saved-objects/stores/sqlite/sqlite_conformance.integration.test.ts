import { describeStoreConformance } from '../../conformance/index.ts';
import { createSqliteStore } from './index.ts';
import { createTemporaryFolder } from './sqlite_store.mock.ts';

describeStoreConformance('SQLite', async () => {
  const folder = await createTemporaryFolder();
  const store = createSqliteStore({ path: folder.file });
  return {
    store,
    reopen: async () => createSqliteStore({ path: folder.file }),
    cleanup: async () => {
      await store.close();
      await folder.remove();
    },
  };
});
