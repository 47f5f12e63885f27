/**
 * A process that only starts the saved objects service:
 * `node migrate_process.mock.ts LOCATION VERSIONS [freeze]`. Prints its log lines, and `started` at
 * the end. With `freeze` it suspends itself after its first batch; the test then kills it.
 */
import { createSavedObjectsService } from '../service/saved_objects_service.ts';
import { aBuildWith } from './note_versions.mock.ts';
import { locationFrom, openStoreAt } from './store_location.mock.ts';

const [location, versions, mode] = process.argv.slice(2);

const print = (message: string): void => {
  // Writes to a pipe are synchronous, so the parent receives the line before the process stops.
  process.stdout.write(`${message}\n`);
  if (mode === 'freeze' && message.startsWith('Migrating')) process.kill(process.pid, 'SIGSTOP');
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
