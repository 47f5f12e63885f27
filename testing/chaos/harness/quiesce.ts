import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, HistoryEvent, Response } from '../history/events.ts';
import type { Observation } from '../plan/protocol.ts';
import { CONNECTIONS } from '../plan/round_script.ts';
import type { ChaosEnvironment } from './run_round.ts';

const TIMEOUT = 12;
const PAUSE_MS = 250;
/**
 * Time to pass in milliseconds. It is longer than every backoff and every retry interval of the
 * outbox.
 */
const LONG_MS = 2 * 3_600_000;

/** Removes all faults and waits until all started work has finished. */
export async function quiesce(environment: ChaosEnvironment): Promise<void> {
  const { pool, provider } = environment;
  provider.clearFaults();
  for (const worker of pool.all) worker.continue();
  await pool.broadcast({ do: 'disarm' });
  await environment.store.recover();
  await pool.revive();
  await pool.broadcast({ do: 'store_fault', mode: 'none' });
  await pool.broadcast({ do: 'await_store' });
  for (const connector of environment.broken)
    await pool.at(0).ask({ do: 'touch_connector', connector });
  environment.broken.clear();
}

/**
 * Records the final state of every connection after quiescence: the result of a last call (which
 * refreshes the token, because time has passed), the status that every process reports, the
 * contents of the outbox, and the state at the provider.
 * @param collect returns what workers have recorded since the last call
 */
export async function recordFinalStates(
  environment: ChaosEnvironment,
  collect: () => readonly HistoryEvent[],
): Promise<void> {
  const { pool, provider, recorder } = environment;
  // Time passes, so that interrupted revocation jobs continue before the remaining work is checked.
  await pool.advance(LONG_MS);
  await pool.at(0).ask({ do: 'process_backlog' });
  const probes = await probeAll(environment, collect);
  await emptyOutbox(environment);
  await environment.keys.completeRotation(pool);
  recorder.record({ type: 'quiet' });
  const observations: Observation[][] = [];
  for (const worker of pool.all) {
    observations.push(
      (await worker.ask({ do: 'observe', connections: CONNECTIONS })) as Observation[],
    );
  }
  CONNECTIONS.forEach((connection, index) => {
    const probe = probes.get(nameOf(connection));
    recorder.record({
      type: 'final_state',
      ...connection,
      statuses: observations.map((seen) => seen[index]?.status ?? 'unknown'),
      lastError: observations[0]?.[index]?.lastError,
      probe: probe?.response ?? 'later',
      probeFamily: probe?.family,
      aliveFamilies: provider.aliveFamilies(connection).map(({ id }) => id),
      inOutbox: observations[0]?.[index]?.inOutbox ?? false,
    });
  });
}

interface Probe {
  readonly response: Response;
  readonly family: string | undefined;
}

/** Calls through every connection until the result is one that waiting does not change. */
async function probeAll(
  environment: ChaosEnvironment,
  collect: () => readonly HistoryEvent[],
): Promise<Map<string, Probe>> {
  const probes = new Map<string, Probe>();
  let left: readonly Connection[] = CONNECTIONS;
  for (let tries = 0; tries < TIMEOUT && left.length > 0; tries += 1) {
    if (tries > 0) await delay(PAUSE_MS);
    await environment.pool.advance(LONG_MS);
    const calls = left.map((connection) => ({
      ...connection,
      call: environment.nextName('probe'),
      afterMs: 0,
      deadlineMs: environment.timings.deadlineMs,
    }));
    const worker = environment.pool.at(tries % environment.pool.all.length);
    await worker.ask({ do: 'burst', calls });
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

async function emptyOutbox(environment: ChaosEnvironment): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) {
    const worker = environment.pool.at(tries % environment.pool.all.length);
    await worker.ask({ do: 'process_backlog' });
    const observations = (await worker.ask({
      do: 'observe',
      connections: CONNECTIONS,
    })) as Observation[];
    if (observations.every(({ inOutbox }) => !inOutbox)) return;
    await environment.pool.advance(LONG_MS);
  }
}

function nameOf({ user, connector }: Connection): string {
  return `${user} ${connector}`;
}
