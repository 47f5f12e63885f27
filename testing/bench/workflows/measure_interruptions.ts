import { waitUntil } from '@latchkey/core/server/wait_until';
import { administrator } from '../environment/authorize.ts';
import { Samples } from '../measure/statistics.ts';
import { count } from '../report/table.ts';
import type { HeldService } from './held_service.ts';
import { figuresOf, untilEnded, untilFigures } from './runner_figures.ts';
import { type Caller, post, type RunningServer, startRuns, yamlOf } from './workflow_load.ts';
import { requestTable } from './workflow_tables.ts';

/** Id of the connector of the held service. */
const SLOW = 'slow';
/** Workflow with one call that never ends. */
const CALLING = yamlOf([{ name: 'call', type: 'http', 'connector-id': SLOW, with: { path: '/' } }]);

/** Creates a connector whose calls never end. */
export async function createSlowConnector(
  server: RunningServer,
  { url }: HeldService,
): Promise<void> {
  const config = { url, hasAuth: false };
  const body = { name: SLOW, connector_type_id: '.http', config, secrets: {} };
  await administrator.json(server, `POST /api/actions/connector/${SLOW}`, body);
}

/** Measures the time from the request to cancel a run until its call is aborted. */
export async function cancellationRow(
  caller: Caller,
  held: HeldService,
  cancelled: number,
): Promise<readonly string[]> {
  const ids = await startRuns({ ...caller, yaml: CALLING }, cancelled, 4);
  await waitUntil('the calls', () => held.open.size >= cancelled);
  const times = new Samples();
  for (const id of ids) {
    const before = held.open.size;
    const startedAt = performance.now();
    await post(caller, `/api/workflows/executions/${id}/cancel`);
    await waitUntil('the end of the call', () => held.open.size < before);
    times.add(performance.now() - startedAt);
  }
  const { p50, p99 } = times.distribution();
  return [
    `request to cancel until the call is aborted, p50 and p99 of ${cancelled}`,
    `${p50.toFixed(0)} and ${p99.toFixed(0)} ms`,
  ];
}

/** Measures the time from the end of a wait until its run continues. */
export async function timerRow(caller: Caller, timers: number): Promise<readonly string[]> {
  const { server } = caller;
  await figuresOf(server);
  await startRuns({ ...caller, yaml: pauseOf('6s') }, timers, 8);
  const { timerLateness } = await untilEnded(server, timers);
  const { p50, p99 } = timerLateness;
  return [
    `lateness of a timer, p50 and p99 of ${timers}`,
    `${p50.toFixed(0)} and ${p99.toFixed(0)} ms`,
  ];
}

/** Measures the memory of runs that wait for hours. */
export async function memoryRow(
  caller: Caller,
  { waiting, atOnce }: { readonly waiting: number; readonly atOnce: number },
): Promise<readonly string[]> {
  const { server } = caller;
  const { heapMb } = await figuresOf(server);
  await startRuns({ ...caller, yaml: pauseOf('10h') }, waiting, atOnce);
  const stored = await untilFigures(server, ({ waits: found }) => found >= waiting);
  const growth = stored.heapMb - heapMb;
  return [`memory of ${count(waiting)} waiting runs`, `${growth.toFixed(1)} MB`];
}

function pauseOf(duration: string): string {
  return yamlOf([{ name: 'pause', type: 'wait', with: { duration } }]);
}

/**
 * Kills a process with many runs, which a second process takes over.
 * @returns the row, and a table of requests to Elasticsearch
 */
export async function measureTakeover(
  caller: Caller,
  second: RunningServer,
  takenOver: number,
): Promise<{ readonly row: readonly string[]; readonly requests: string }> {
  await startRuns({ ...caller, yaml: CALLING }, takenOver, 16);
  await figuresOf(second);
  const startedAt = performance.now();
  await caller.server.runner.kill();
  const { requests } = await untilFigures(second, ({ takenOver: found }) => found >= takenOver);
  const seconds = (performance.now() - startedAt) / 1_000;
  const row = [
    `takeover of ${count(takenOver)} runs of a killed process`,
    `${seconds.toFixed(1)} s`,
  ];
  return { row, requests: requestTable('takeover', requests, takenOver) };
}
