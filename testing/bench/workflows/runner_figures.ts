import { setTimeout as delay } from 'node:timers/promises';
import type { RunnerCounts, RunnerFigures } from '../processes/workflow_protocol.ts';
import type { RunningServer } from './workflow_load.ts';

const TIMEOUT_MS = 600_000;
const POLL_MS = 20;

/** Returns the figures of a process since the last call. */
export async function figuresOf({ runner }: RunningServer): Promise<RunnerFigures> {
  return (await runner.ask({ do: 'figures' })) as RunnerFigures;
}

/** Waits until this many runs have ended, and then returns the figures. */
export function untilEnded(server: RunningServer, runs: number): Promise<RunnerFigures> {
  return untilFigures(server, ({ ended }) => ended >= runs);
}

/** Waits until a count is reached, and then returns the figures. */
export async function untilFigures(
  server: RunningServer,
  isReached: (counts: RunnerCounts) => boolean,
): Promise<RunnerFigures> {
  const until = performance.now() + TIMEOUT_MS;
  while (!isReached((await server.runner.ask({ do: 'counts' })) as RunnerCounts)) {
    if (performance.now() > until) throw new Error('The runs do not end.');
    await delay(POLL_MS);
  }
  return figuresOf(server);
}
