/**
 * A server process that only starts its saved objects, in the second build: `node migrator.ts
 * LOCATION`. Prints its log lines, and at the end a line of JSON with the duration of the start in
 * milliseconds and the maximum memory in MB.
 */
import '@latchkey/test-stack/second_build';
import type { StoreLocation } from '@latchkey/test-environment';
import { openStore } from '../store/open_store.ts';

const location: StoreLocation = JSON.parse(process.argv[2] ?? '');
const before = performance.now();
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const logger = { debug: () => undefined, info: print, warn: print, error: print };
const store = await openStore(location, { logger });
const tookMs = Math.round(performance.now() - before);
await store.close();
const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
print(JSON.stringify({ tookMs, peakMb }));
