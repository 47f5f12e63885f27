/**
 * A server process of the second build that only starts its saved objects: `node migrator.ts
 * LOCATION [KILL_AT]`. It prints its log lines, and at the end a line of JSON with the duration of
 * the start in milliseconds and the maximum memory in MB. With KILL_AT it kills itself (`SIGKILL`)
 * before the write with that number: the log reports progress too rarely to kill it half-way from
 * outside.
 */
import '@latchkey/test-stack/second_build';
import type { DocumentStore } from '@latchkey/saved-objects';
import type { StoreLocation } from '@latchkey/test-environment';
import { openStore } from '../store/open_store.ts';

const location: StoreLocation = JSON.parse(process.argv[2] ?? '');
const killAt = Number(process.argv[3] ?? Number.POSITIVE_INFINITY);
let writes = 0;
const killAtWrite = (store: DocumentStore): DocumentStore => {
  const put = store.put.bind(store);
  return Object.assign(store, {
    put: (...args: Parameters<DocumentStore['put']>) => {
      writes += 1;
      if (writes === killAt) process.kill(process.pid, 'SIGKILL');
      return put(...args);
    },
  });
};
const before = performance.now();
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const logger = { debug: () => undefined, info: print, warn: print, error: print };
const store = await openStore(location, { logger, wrap: killAtWrite });
const tookMs = Math.round(performance.now() - before);
await store.close();
const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
print(JSON.stringify({ tookMs, peakMb }));
