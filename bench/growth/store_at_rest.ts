import { setTimeout as delay } from 'node:timers/promises';
import { cpuSecondsOf } from './machine_use.ts';

const LOOK_SECONDS = 5;
/** Of a core; servers that wait for work ask their store now and then. */
const AT_REST = 0.1;
const MAX_SECONDS = 900;

/**
 * Resolves when a store that was just filled has nothing to do: Elasticsearch merges what was written, and servers that have just started walk through all of it
 * once, in the daily search for grants of people who are gone, which is no part of what a request costs. Says so every minute; gives up after a quarter of an hour.
 */
export async function storeAtRest(
  pids: readonly number[],
  say: (text: string) => void,
): Promise<void> {
  for (let waited = 0; waited < MAX_SECONDS; waited += LOOK_SECONDS) {
    const before = await cpuSecondsOf(pids);
    await delay(LOOK_SECONDS * 1000);
    const share = ((await cpuSecondsOf(pids)) - before) / LOOK_SECONDS;
    if (share < AT_REST) return;
    if (waited % 60 === 0)
      say(`  the store is still busy: ${(share * 100).toFixed(0)} % of a core`);
  }
  say('  the store has not come to rest: what it takes is in the figures');
}
