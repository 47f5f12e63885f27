/**
 * A server process that only starts its saved objects: `node migrate_process.mock.ts LOCATION VERSIONS`. Prints its log lines, and
 * `started` when done.
 */
import { createSavedObjectsService } from '../service/saved_objects_service.ts';
import { aBuildWith } from './note_versions.mock.ts';
import { locationFrom, openStoreAt } from './store_location.mock.ts';

const [location, versions] = process.argv.slice(2);

const print = (message: string): void => {
  process.stdout.write(`${message}\n`);
};
const service = createSavedObjectsService({
  store: openStoreAt(locationFrom(location)),
  logger: { debug: print, info: print, warn: print, error: print },
  now: () => Date.now(),
  uuid: () => crypto.randomUUID(),
});
service.setup.registerType(aBuildWith(Number(versions)));
await service.start();
await service.stop();
print('started');
