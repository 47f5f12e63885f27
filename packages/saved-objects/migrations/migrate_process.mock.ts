/**
 * A server process that only starts its saved objects: `node migrate_process.mock.ts LOCATION VERSIONS [freeze]`. Prints its log
 * lines, and `started` when done. With `freeze` it stands still after its first batch, until somebody kills it.
 */
import { createSavedObjectsService } from '../service/saved_objects_service.ts';
import { aBuildWith } from './note_versions.mock.ts';
import { locationFrom, openStoreAt } from './store_location.mock.ts';

const [location, versions, mode] = process.argv.slice(2);

const print = (message: string): void => {
  // Writes to a pipe are over when the call returns, so the line is out before the process stops.
  process.stdout.write(`${message}\n`);
  if (mode === 'freeze' && message.endsWith('so far.')) process.kill(process.pid, 'SIGSTOP');
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
