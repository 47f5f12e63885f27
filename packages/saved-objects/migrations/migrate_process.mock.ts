/**
 * A server process that only starts its saved objects: `node migrate_process.mock.ts FILE VERSIONS`. Prints its log lines, and
 * `started` when done.
 */
import { createSavedObjectsService } from '../service/saved_objects_service.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import { aBuildWith } from './note_versions.mock.ts';

const [file, versions] = process.argv.slice(2);
if (file === undefined) throw new Error('The database file is missing.');

const print = (message: string): void => {
  process.stdout.write(`${message}\n`);
};
const service = createSavedObjectsService({
  store: createSqliteStore({ path: file }),
  logger: { debug: print, info: print, warn: print, error: print },
  now: () => Date.now(),
  uuid: () => crypto.randomUUID(),
});
service.setup.registerType(aBuildWith(Number(versions)));
await service.start();
await service.stop();
print('started');
