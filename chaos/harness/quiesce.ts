import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, HistoryEvent, Response } from '../history/events.ts';
import type { LivenessVariant } from '../worker/protocol.ts';
import { CONNECTIONS } from './round_script.ts';
import type { Stage } from './run_round.ts';

const TIMEOUT = 12;
const PAUSE_MS = 250;
/** Longer than every backoff and every pause of the outbox. */
const LONG_MS = 2 * 3_600_000;

/** Ends all faults and lets everything that was begun come to an end. */
export async function comeToRest(stage: Stage): Promise<void> {
  const { pool, provider } = stage;
  provider.clearFaults();
  for (const worker of pool.all) worker.continue();
  await pool.tellAll({ do: 'disarm' });
  await stage.store.heal();
  await pool.revive();
  await pool.tellAll({ do: 'store_fault', mode: 'none' });
  await pool.tellAll({ do: 'await_store' });
  for (const connector of stage.broken) await pool.at(0).ask({ do: 'touch_connector', connector });
  stage.broken.clear();
}

/**
 * The truth after everything came to rest, one verdict per connection: a last call through every connection (which refreshes it, as time has passed),
 * the status every process tells, what waits in the outbox, and what the provider knows.
 * @param collect hands over what workers recorded since the last time
 */
export async function takeVerdicts(
  stage: Stage,
  collect: () => readonly HistoryEvent[],
): Promise<void> {
  const { pool, provider, recorder } = stage;
  // Endings that were cut short go on before anybody asks what is left.
  await pool.advance(LONG_MS);
  await pool.at(0).ask({ do: 'work_off' });
  const probes = await probeAll(stage, collect);
  await emptyOutbox(stage);
  await stage.keys.settle(pool);
  recorder.record({ type: 'quiet' });
  const sights: LivenessVariant[][] = [];
  for (const worker of pool.all) {
    sights.push((await worker.ask({ do: 'look', connections: CONNECTIONS })) as LivenessVariant[]);
  }
  CONNECTIONS.forEach((connection, index) => {
    const probe = probes.get(nameOf(connection));
    recorder.record({
      type: 'verdict',
      ...connection,
      statuses: sights.map((seen) => seen[index]?.status ?? 'unknown'),
      lastError: sights[0]?.[index]?.lastError,
      probe: probe?.response ?? 'later',
      probeFamily: probe?.family,
      aliveFamilies: provider.book.aliveFamilies(connection).map(({ id }) => id),
      inOutbox: sights[0]?.[index]?.inOutbox ?? false,
    });
  });
}

interface Probe {
  readonly response: Response;
  readonly family: string | undefined;
}

/** Calls through every connection until the answer is one that time does not change. */
async function probeAll(
  stage: Stage,
  collect: () => readonly HistoryEvent[],
): Promise<Map<string, Probe>> {
  const probes = new Map<string, Probe>();
  let left: readonly Connection[] = CONNECTIONS;
  for (let tries = 0; tries < TIMEOUT && left.length > 0; tries += 1) {
    if (tries > 0) await delay(PAUSE_MS);
    await stage.pool.advance(LONG_MS);
    const calls = left.map((connection) => ({
      ...connection,
      call: stage.nextName('probe'),
      afterMs: 0,
      deadlineMs: stage.timings.deadlineMs,
    }));
    const worker = stage.pool.at(tries % stage.pool.all.length);
    await worker.ask({ do: 'storm', calls });
    const events = collect();
    for (const call of calls) probes.set(nameOf(call), probeOf(call.call, events));
    left = left.filter((connection) => {
      const response = probes.get(nameOf(connection))?.response;
      return response !== 'ok' && response !== 'authorize';
    });
  }
  return probes;
}

function probeOf(call: string, events: readonly HistoryEvent[]): Probe {
  const end = events.find((event) => event.type === 'call_end' && event.call === call);
  const served = events.findLast((event) => event.type === 'api_request' && event.call === call);
  return {
    response: end?.type === 'call_end' ? end.response : 'later',
    family:
      served?.type === 'api_request' && served.status === 200 ? served.owner?.family : undefined,
  };
}

async function emptyOutbox(stage: Stage): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) {
    const worker = stage.pool.at(tries % stage.pool.all.length);
    await worker.ask({ do: 'work_off' });
    const sights = (await worker.ask({
      do: 'look',
      connections: CONNECTIONS,
    })) as LivenessVariant[];
    if (sights.every(({ inOutbox }) => !inOutbox)) return;
    await stage.pool.advance(LONG_MS);
  }
}

function nameOf({ user, connector }: Connection): string {
  return `${user} ${connector}`;
}
