import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreUnderChaos } from './store_under_chaos.ts';

const SIDE_FILES = ['', '-wal', '-shm'];

/** Path of the database of whole servers, relative to the folder of a run. */
export const SERVER_DATA = 'data';

/**
 * A database file in the folder of the run. Its faults are injected inside the workers, where the
 * file is opened.
 */
export function openSqliteFile(
  folder: string,
  { wholeServer }: { readonly wholeServer: boolean },
): StoreUnderChaos {
  const path = wholeServer
    ? join(folder, SERVER_DATA, 'latchkey.sqlite')
    : join(folder, 'chaos.sqlite');
  return {
    expendableNodes: 0,
    locationFor: () => ({ kind: 'sqlite', path }),
    setFault: async (worker, _index, mode) => {
      await worker.ask({ do: 'store_fault', mode });
    },
    killNode: async () => {},
    recover: async () => {},
    placesOf: async (text) =>
      SIDE_FILES.map((side) => `${path}${side}`).filter(
        (file) => existsSync(file) && readFileSync(file).includes(text),
      ),
    // The whole folder is removed or kept.
    close: async () => {},
  };
}
