import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Reachable, send, waitUntil } from '@latchkey/test-environment';
import { z } from 'zod';
import { administrator } from '../environment/authorize.ts';
import {
  type BenchEnvironment,
  type DataSet,
  type StoreKind,
  startBenchEnvironment,
} from '../environment/bench_environment.ts';
import { machineUse, othersShare } from '../measure/machine_use.ts';
import { Samples } from '../measure/statistics.ts';
import { type Role, startRole } from '../processes/role.ts';
import type { RunnerCounts, RunnerFigures, RunnerInput } from '../processes/workflow_protocol.ts';
import { conditionsText, machine, say } from '../report/conditions.ts';
import { count, table } from '../report/table.ts';
import { documentTable } from './measure_documents.ts';

const TIMEOUT_MS = 600_000;
const POLL_MS = 20;
const SLOW = 'slow';
/** Limits that do not refuse the runs of one user. */
const SETTINGS = {
  'xpack.workflows.executions.maxActive': 200,
  'xpack.workflows.executions.maxActivePerUser': 100_000,
  'xpack.workflows.executions.maxWaitingPerUser': 100_000,
};

/** Sizes of a run. */
export interface WorkflowPlan {
  /** Runs of three steps for each measurement. */
  readonly runs: number;
  /** Requests that start runs at the same time. */
  readonly atOnce: number;
  /** Ended runs in the store at the second measurement. */
  readonly oldRuns: number;
  /** Runs whose process is killed. */
  readonly takenOver: number;
  /** Runs that wait at the same time, for the memory. */
  readonly waiting: number;
  /** Runs that are cancelled during a call, and runs with a timer. */
  readonly cancelled: number;
  readonly timers: number;
}

/** Ten minutes for both stores on a quiet machine. */
export const FULL_WORKFLOWS: WorkflowPlan = {
  runs: 3_000,
  atOnce: 32,
  oldRuns: 10_000,
  takenOver: 200,
  waiting: 10_000,
  cancelled: 50,
  timers: 200,
};

/** Two minutes: to see the effect of a change. */
export const QUICK_WORKFLOWS: WorkflowPlan = {
  runs: 600,
  atOnce: 32,
  oldRuns: 1_000,
  takenOver: 50,
  waiting: 500,
  cancelled: 10,
  timers: 50,
};

type Runner = Role<RunnerInput, unknown>;

/** A server in its own process, on the store of a data set. */
interface RunningServer extends Reachable {
  readonly runner: Runner;
}

/** Measures runs of workflows on each store, and prints tables. */
export async function runWorkflows(
  plan: WorkflowPlan,
  stores: readonly StoreKind[],
): Promise<void> {
  say(conditionsText(machine()));
  say(`${await documentTable()}\n`);
  for (const store of stores) {
    const environment = await startBenchEnvironment(store);
    try {
      say(await new WorkflowBench(environment, store, plan).measure());
    } finally {
      await environment.stop();
    }
  }
}

class WorkflowBench {
  readonly #environment: BenchEnvironment;
  readonly #store: StoreKind;
  readonly #plan: WorkflowPlan;
  readonly #runners: Runner[] = [];

  constructor(environment: BenchEnvironment, store: StoreKind, plan: WorkflowPlan) {
    this.#environment = environment;
    this.#store = store;
    this.#plan = plan;
  }

  /** @returns tables */
  async measure(): Promise<string> {
    const { oldRuns } = this.#plan;
    const dataSet = await this.#environment.addDataSet(1);
    await dataSet.server.stop();
    const held = await startHeldService();
    try {
      const server = await this.#start(dataSet);
      const name = SLOW;
      const config = { url: held.url, hasAuth: false };
      const body = { name, connector_type_id: '.http', config, secrets: {} };
      await administrator.json(server, `POST /api/actions/connector/${SLOW}`, body);
      say('Runs of three steps …');
      await this.#throughput(server, dataSet, 'warm-up');
      const rows = [await this.#throughput(server, dataSet, '0 old runs')];
      const idle = await this.#oneAfterAnother(server, dataSet);
      await server.runner.ask({ do: 'fill', count: oldRuns });
      await server.runner.ask({ do: 'figures' });
      rows.push(await this.#throughput(server, dataSet, `${count(oldRuns)} old runs`));
      say('Steps …');
      const steps = [];
      for (const length of [10, 100, 1_000]) steps.push(await this.#steps(server, dataSet, length));
      say('Cancellations, timers, memory …');
      const others = [
        idle,
        await this.#cancellations(server, dataSet, held),
        await this.#timers(server, dataSet),
        await this.#memory(server, dataSet),
        await this.#takeover(server, dataSet),
      ];
      const of = this.#store;
      return [
        '',
        table(
          [`${of}: runs`, 'runs/s', 'CPU µs/run', 'writes/run', 'first step p50', 'p99', 'others'],
          rows,
        ),
        table([`${of}: data.set steps in a run`, 'CPU µs/step', 'writes/run'], steps),
        table([`${of}`, 'measured'], others),
      ].join('\n\n');
    } finally {
      held.stop();
      for (const runner of this.#runners) await runner.stop();
    }
  }

  async #start({ location }: DataSet): Promise<RunningServer> {
    const runner = startRole<RunnerInput, unknown>('workflow_runner');
    this.#runners.push(runner);
    const settings = SETTINGS;
    const url = z.string().parse(await runner.ask({ do: 'start', location, settings }));
    return { runner, url };
  }

  async #throughput(server: RunningServer, dataSet: DataSet, name: string): Promise<string[]> {
    const { runs, atOnce } = this.#plan;
    const { pids } = this.#environment;
    const yaml = threeSteps(this.#environment.connector.id);
    await figuresOf(server);
    const before = await machineUse(pids().concat(server.runner.pid));
    const startedAt = performance.now();
    await startRuns({ server, dataSet, yaml }, runs, atOnce);
    const figures = await untilEnded(server, runs);
    const seconds = (performance.now() - startedAt) / 1_000;
    const after = await machineUse(pids().concat(server.runner.pid));
    if (figures.notCompleted > 0)
      throw new Error(`${figures.notCompleted} runs did not complete: ${figures.failure}`);
    const others = before && after ? `${Math.round(othersShare(before, after) * 100)} %` : '–';
    return [
      name,
      count(runs / seconds),
      count((figures.cpuMs * 1_000) / runs),
      (figures.writes / runs).toFixed(2),
      figures.firstStep.p50.toFixed(1),
      figures.firstStep.p99.toFixed(1),
      others,
    ];
  }

  /** Latency when no other run is active. */
  async #oneAfterAnother(server: RunningServer, dataSet: DataSet): Promise<string[]> {
    const yaml = threeSteps(this.#environment.connector.id);
    let ended = 0;
    const first = new Samples();
    const runs = Math.min(100, this.#plan.runs);
    for (let run = 0; run < runs; run += 1) {
      await startRuns({ server, dataSet, yaml }, 1, 1);
      const figures = await untilEnded(server, 1);
      ended += figures.ended;
      first.add(figures.firstStep.p50);
    }
    const { p50, p99 } = first.distribution();
    return [
      `first step of a single run, p50 and p99 of ${ended}`,
      `${p50.toFixed(1)} and ${p99.toFixed(1)} ms`,
    ];
  }

  async #steps(server: RunningServer, dataSet: DataSet, length: number): Promise<string[]> {
    const runs = Math.max(3, Math.round(2_000 / length));
    const steps = Array.from({ length }, (_, index) => ({
      name: `s${index}`,
      type: 'data.set',
      with: { value: '{{ execution.id }}' },
    }));
    await figuresOf(server);
    await startRuns({ server, dataSet, yaml: yamlOf(steps) }, runs, 4);
    const { cpuMs, writes } = await untilEnded(server, runs);
    return [count(length), count((cpuMs * 1_000) / runs / length), (writes / runs).toFixed(2)];
  }

  async #cancellations(
    server: RunningServer,
    dataSet: DataSet,
    held: HeldService,
  ): Promise<string[]> {
    const { cancelled } = this.#plan;
    const call = { name: 'call', type: 'http', 'connector-id': SLOW, with: { path: '/' } };
    const ids = await startRuns({ server, dataSet, yaml: yamlOf([call]) }, cancelled, 4);
    await waitUntil('the calls', () => held.open.size >= cancelled);
    const times = new Samples();
    for (const id of ids) {
      const before = held.open.size;
      const startedAt = performance.now();
      await post({ server, dataSet }, `/api/workflows/executions/${id}/cancel`);
      await waitUntil('the end of the call', () => held.open.size < before);
      times.add(performance.now() - startedAt);
    }
    const { p50, p99 } = times.distribution();
    return [
      `request to cancel until the call is aborted, p50 and p99 of ${cancelled}`,
      `${p50.toFixed(0)} and ${p99.toFixed(0)} ms`,
    ];
  }

  async #timers(server: RunningServer, dataSet: DataSet): Promise<string[]> {
    const { timers } = this.#plan;
    await figuresOf(server);
    const pause = { name: 'pause', type: 'wait', with: { duration: '6s' } };
    await startRuns({ server, dataSet, yaml: yamlOf([pause]) }, timers, 8);
    const { timerLateness } = await untilEnded(server, timers);
    const { p50, p99 } = timerLateness;
    return [
      `lateness of a timer, p50 and p99 of ${timers}`,
      `${p50.toFixed(0)} and ${p99.toFixed(0)} ms`,
    ];
  }

  async #memory(server: RunningServer, dataSet: DataSet): Promise<string[]> {
    const { waiting, atOnce } = this.#plan;
    const { heapMb } = await figuresOf(server);
    const pause = { name: 'pause', type: 'wait', with: { duration: '10h' } };
    await startRuns({ server, dataSet, yaml: yamlOf([pause]) }, waiting, atOnce);
    const parked = await untilFigures(server, ({ parked: found }) => found >= waiting);
    const growth = parked.heapMb - heapMb;
    return [`memory of ${count(waiting)} waiting runs`, `${growth.toFixed(1)} MB`];
  }

  /** Kills the process of many runs. A second one continues them. */
  async #takeover(server: RunningServer, dataSet: DataSet): Promise<string[]> {
    const { takenOver } = this.#plan;
    const second = await this.#start(dataSet);
    await figuresOf(second);
    const call = { name: 'call', type: 'http', 'connector-id': SLOW, with: { path: '/' } };
    await startRuns({ server, dataSet, yaml: yamlOf([call]) }, takenOver, 16);
    const startedAt = performance.now();
    await server.runner.kill();
    await untilFigures(second, ({ takenOver: found }) => found >= takenOver);
    const seconds = (performance.now() - startedAt) / 1_000;
    return [`takeover of ${count(takenOver)} runs of a killed process`, `${seconds.toFixed(1)} s`];
  }
}

function threeSteps(connectorId: string): string {
  return yamlOf([
    { name: 'one', type: 'data.set', with: { id: '{{ execution.id }}' } },
    {
      name: 'two',
      type: 'custom_api.request',
      'connector-id': connectorId,
      with: { path: '/', query: { id: '{{ variables.id }}' } },
    },
    { name: 'three', type: 'data.set', with: { name: '{{ steps.two.output.data.name }}' } },
  ]);
}

/** JSON is YAML. */
function yamlOf(steps: readonly object[]): string {
  return JSON.stringify({ name: 'bench', triggers: [{ type: 'manual' }], steps });
}

interface Caller {
  readonly server: RunningServer;
  readonly dataSet: DataSet;
}

/** @returns ids of the runs */
async function startRuns(
  { yaml, ...caller }: Caller & { readonly yaml: string },
  total: number,
  atOnce: number,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let left = total;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const text = await post(caller, '/api/workflows/test', { workflowYaml: yaml });
      ids.push(
        z.object({ workflowExecutionId: z.string() }).parse(JSON.parse(text)).workflowExecutionId,
      );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return ids;
}

async function post({ server, dataSet }: Caller, path: string, body: object = {}): Promise<string> {
  const { status, text } = await send({
    method: 'POST',
    url: new URL(path, server.url).href,
    headers: {
      authorization: `ApiKey ${dataSet.apiKey}`,
      'kbn-xsrf': 'true',
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
  return text;
}

async function figuresOf({ runner }: RunningServer): Promise<RunnerFigures> {
  return (await runner.ask({ do: 'figures' })) as RunnerFigures;
}

function untilEnded(server: RunningServer, runs: number): Promise<RunnerFigures> {
  return untilFigures(server, ({ ended }) => ended >= runs);
}

/** Waits until a count is reached, and then takes the figures. */
async function untilFigures(
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

/** A service that never responds. */
interface HeldService {
  readonly url: string;
  readonly open: ReadonlySet<ServerResponse>;
  stop(): void;
}

async function startHeldService(): Promise<HeldService> {
  const open = new Set<ServerResponse>();
  const server = createServer((_, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url, open, stop };
}
