import { setTimeout as delay } from 'node:timers/promises';
import { cpuSecondsOf } from '../measure/machine_use.ts';

const OBSERVE_SECONDS = 5;
/**
 * Maximum share of a core that an idle server uses. It is not 0, because a server polls its store.
 */
const IDLE_SHARE = 0.1;
const MAX_SECONDS = 900;

/**
 * Resolves when a filled store is idle. Elasticsearch merges segments after writing, and new
 * servers read everything once in their daily search for grants of removed users. Neither is part
 * of the cost of a request. Prints a line every minute and gives up after a quarter of an hour.
 */
export async function untilStoreIdle(
  pids: readonly number[],
  say: (text: string) => void,
): Promise<void> {
  for (let waited = 0; waited < MAX_SECONDS; waited += OBSERVE_SECONDS) {
    const before = await cpuSecondsOf(pids);
    await delay(OBSERVE_SECONDS * 1000);
    const share = ((await cpuSecondsOf(pids)) - before) / OBSERVE_SECONDS;
    if (share < IDLE_SHARE) return;
    if (waited % 60 === 0)
      say(`  the store is still busy: ${(share * 100).toFixed(0)} % of a core`);
  }
  say('  the store is not idle: its other work is part of the figures');
}
