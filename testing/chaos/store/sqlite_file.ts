import { existsSync, readFileSync } from 'node:fs';
import { type StoreLocation, storeAddress } from '@latchkey/test-environment';
import type { StoreUnderChaos } from './store_under_chaos.ts';

const SIDE_FILES = ['', '-wal', '-shm'];

/**
 * Opens a database file in `dataFolder`. Its faults are injected inside of the workers, where the
 * file is opened.
 */
export function openSqliteFile(dataFolder: string): StoreUnderChaos {
  const location: StoreLocation = { kind: 'sqlite', dataFolder };
  const path = String(storeAddress(location));
  return {
    expendableNodes: 0,
    locationFor: () => location,
    setFault: async (worker, _index, mode) => {
      await worker.ask({ do: 'store_fault', mode });
    },
    killNode: async () => {},
    recover: async () => {},
    placesOf: async (text) =>
      SIDE_FILES.map((side) => `${path}${side}`).filter(
        (file) => existsSync(file) && readFileSync(file).includes(text),
      ),
    // The harness removes or keeps the whole folder.
    close: async () => {},
  };
}
