import { z } from 'zod';
import {
  type BenchEnvironment,
  type DataSet,
  type StoreKind,
  startBenchEnvironment,
} from '../environment/bench_environment.ts';
import { cpuSecondsOf, machineUse, othersShare } from '../measure/machine_use.ts';
import type { Load, LoadResult, Pace } from '../processes/load_generator.ts';
import { type Role, startRole } from '../processes/role.ts';
import type { RunnerFigures, RunnerInput } from '../processes/workflow_protocol.ts';
import { conditionsText, machine, say, writeResult } from '../report/conditions.ts';
import { summarizeProfile } from '../report/profile_summary.ts';
import { count, table } from '../report/table.ts';
import { startHeldService } from './held_service.ts';
import { documentTable } from './measure_documents.ts';
import {
  cancellationRow,
  createSlowConnector,
  measureTakeover,
  memoryRow,
  timerRow,
} from './measure_interruptions.ts';
import { figuresOf, untilEnded } from './runner_figures.ts';
import {
  type Caller,
  dataSets,
  loadOf,
  type Runner,
  type RunningServer,
  threeSteps,
} from './workflow_load.ts';
import {
  aimRowOf,
  cheapestOf,
  type MeasuredRuns,
  type MeasuredSteps,
  readsOf,
  runTables,
  stepsRowOf,
  workflowAims,
} from './workflow_tables.ts';

/** Runs per second while latency is measured. */
const PACE = 50;
/**
 * Number of rounds in which few and many old runs take turns. The cheapest round of each counts.
 */
const ROUNDS = 3;
/** Numbers of steps of the runs that are compared. */
const LENGTHS = [10, 100, 1_000];
/** Number of `data.set` steps in one measurement. */
const MEASURED_STEPS = 4_000;
/** Limits that are high enough for all runs of one user. */
const SETTINGS = {
  'xpack.workflows.executions.maxActive': 200,
  'xpack.workflows.executions.maxActivePerUser': 100_000,
  'xpack.workflows.executions.maxWaitingPerUser': 100_000,
};

/** Sizes of a run. */
export interface WorkflowPlan {
  /** Number of runs with three steps in each measurement. */
  readonly runs: number;
  /** Number of concurrent requests that start runs. */
  readonly atOnce: number;
  /** Number of runs that start at a fixed rate, which is below what the process can do. */
  readonly pacedRuns: number;
  /** Number of repetitions of the measurement of long runs. The cheapest counts. */
  readonly stepRounds: number;
  /** Number of ended runs in the store at the second measurement. */
  readonly oldRuns: number;
  /** Number of runs whose process is killed. */
  readonly takenOver: number;
  /** Number of runs that wait at the same time, for the measurement of memory. */
  readonly waiting: number;
  /** Number of runs that are cancelled during a call, and of runs with a timer. */
  readonly cancelled: number;
  readonly timers: number;
}

/**
 * The full plan. It takes half an hour for both stores on a quiet machine, most of it for filling
 * the stores.
 */
export const FULL_WORKFLOWS: WorkflowPlan = {
  runs: 3_000,
  atOnce: 16,
  pacedRuns: 1_000,
  stepRounds: 5,
  oldRuns: 100_000,
  takenOver: 10_000,
  waiting: 10_000,
  cancelled: 50,
  timers: 200,
};

/** A short plan, which takes two minutes, to see the effect of a change. */
export const QUICK_WORKFLOWS: WorkflowPlan = {
  runs: 600,
  atOnce: 16,
  pacedRuns: 300,
  stepRounds: 3,
  oldRuns: 1_000,
  takenOver: 50,
  waiting: 500,
  cancelled: 10,
  timers: 50,
};

/**
 * Measures runs of workflows on each store, and prints tables.
 * @param part measurement to run alone. Default: all
 */
export async function runWorkflows(
  plan: WorkflowPlan,
  stores: readonly StoreKind[],
  part?: 'runs' | 'takeover',
): Promise<void> {
  say(conditionsText(machine()));
  if (part === undefined) say(`${await documentTable()}\n`);
  for (const store of stores) {
    const environment = await startBenchEnvironment(store);
    try {
      const bench = new WorkflowBench(environment, store, plan);
      say(part === 'takeover' ? await bench.takeoverAlone() : await bench.measure(part));
    } finally {
      await environment.stop();
    }
  }
}

/** Number of runs that are profiled at full load, after the same number for the compiler. */
const PROFILED_RUNS = 3_000;

/** Profiles runs of three steps at full load, and writes `results/<time>.cpuprofile`. */
export async function profileWorkflows(store: StoreKind): Promise<void> {
  const environment = await startBenchEnvironment(store);
  try {
    const profile = await new WorkflowBench(environment, store, FULL_WORKFLOWS).profile();
    say(summarizeProfile(profile));
    say(`Written to ${await writeResult('cpuprofile', JSON.stringify(profile))}`);
  } finally {
    await environment.stop();
  }
}

class WorkflowBench {
  readonly #environment: BenchEnvironment;
  readonly #store: StoreKind;
  readonly #plan: WorkflowPlan;
  readonly #runners: Runner[] = [];
  readonly #generator: Role<Load, LoadResult>;

  constructor(environment: BenchEnvironment, store: StoreKind, plan: WorkflowPlan) {
    this.#environment = environment;
    this.#generator = environment.startLoadGenerator();
    this.#store = store;
    this.#plan = plan;
  }

  /**
   * Runs the measurements.
   * @param part `runs`: only the runs of three steps
   * @returns tables
   */
  async measure(part?: 'runs'): Promise<string> {
    const { oldRuns, runs, pacedRuns, atOnce } = this.#plan;
    const held = await startHeldService();
    try {
      const full = { pace: { atOnce }, runs };
      const paced = { pace: { perSecond: PACE }, runs: pacedRuns };
      const small = await this.#prepared(full);
      const large = await this.#prepared(full);
      await createSlowConnector(small.server, held);
      say(`Filling with ${count(oldRuns)} old runs …`);
      await large.server.runner.ask({ do: 'fill', count: oldRuns });
      say('Runs of three steps …');
      const sides = [
        { caller: small, name: '0 old runs' },
        { caller: large, name: `${count(oldRuns)} old runs` },
      ] as const;
      const few: MeasuredRuns[] = [];
      const many: MeasuredRuns[] = [];
      for (let round = 0; round < ROUNDS; round += 1)
        for (const { caller, name } of sides)
          (caller === small ? few : many).push(await this.#threeSteps(caller, name, full));
      const [fewPaced, manyPaced] = [
        await this.#threeSteps(small, `0 old runs, ${PACE}/s`, paced),
        await this.#threeSteps(large, `${count(oldRuns)} old runs, ${PACE}/s`, paced),
      ];
      await large.server.runner.stop();
      const ofRuns = runTables(this.#store, [
        cheapestOf(few),
        fewPaced,
        cheapestOf(many),
        manyPaced,
      ]);
      if (part === 'runs') return ofRuns;
      say('Steps …');
      const steps = await this.#steps(small);
      say('Cancellations, timers, memory, takeover …');
      const others = [
        await cancellationRow(small, held, this.#plan.cancelled),
        await timerRow(small, this.#plan.timers),
        await memoryRow(small, this.#plan),
        await this.#takeover(small),
      ];
      const of = this.#store;
      const measured = {
        few: cheapestOf(few),
        many: cheapestOf(many),
        fewPaced,
        manyPaced,
        steps,
      };
      return [
        '',
        ofRuns,
        table(
          [`${of}: data.set steps in a run`, 'CPU ms/run', 'CPU µs per further step', 'writes/run'],
          steps.map(stepsRowOf),
        ),
        table([`${of}`, 'measured'], others),
        table(['aim', 'measured', ''], workflowAims(of, measured).map(aimRowOf)),
      ].join('\n\n');
    } finally {
      held.stop();
      for (const runner of this.#runners) await runner.stop();
    }
  }

  /**
   * Measures only the takeover.
   * @returns tables
   */
  async takeoverAlone(): Promise<string> {
    const held = await startHeldService();
    try {
      const dataSet = await this.#environment.addDataSet(1);
      await dataSet.server.stop();
      const server = await this.#start(dataSet);
      await createSlowConnector(server, held);
      return table([this.#store, 'measured'], [await this.#takeover({ server, dataSet })]);
    } finally {
      held.stop();
      for (const runner of this.#runners) await runner.stop();
    }
  }

  /**
   * Profiles the process that runs workflows.
   * @returns a CPU profile
   */
  async profile(): Promise<unknown> {
    try {
      const full = { pace: { atOnce: this.#plan.atOnce }, runs: PROFILED_RUNS };
      const { server, dataSet } = await this.#prepared(full);
      await server.runner.ask({ do: 'profile' });
      await this.#threeSteps({ server, dataSet }, 'profiled', full);
      return await server.runner.ask({ do: 'profiled' });
    } finally {
      for (const runner of this.#runners) await runner.stop();
    }
  }

  async #takeover(caller: Caller): Promise<readonly string[]> {
    const second = await this.#start(caller.dataSet);
    const { row, requests } = await measureTakeover(caller, second, this.#plan.takenOver);
    if (requests !== '') say(`${requests}\n`);
    return row;
  }

  /** Starts a server on a new store, and warms it up with as many runs as one measurement has. */
  async #prepared(load: { readonly pace: Pace; readonly runs: number }): Promise<Caller> {
    const dataSet = await this.#environment.addDataSet(1);
    await dataSet.server.stop();
    const server = await this.#start(dataSet);
    await this.#threeSteps({ server, dataSet }, 'warm-up', load);
    return { server, dataSet };
  }

  async #start({ location }: DataSet): Promise<RunningServer> {
    const runner = startRole<RunnerInput, unknown>('workflow_runner');
    this.#runners.push(runner);
    const settings = SETTINGS;
    const url = z.string().parse(await runner.ask({ do: 'start', location, settings }));
    return { runner, url };
  }

  async #threeSteps(
    caller: Caller,
    name: string,
    { pace, runs }: { readonly pace: Pace; readonly runs: number },
  ): Promise<MeasuredRuns> {
    const { server } = caller;
    const { pids, storePids } = this.#environment;
    const yaml = threeSteps(this.#environment.connector.id);
    await figuresOf(server);
    const storeBefore = await cpuSecondsOf(storePids);
    const before = await machineUse(pids().concat(server.runner.pid));
    const startedAt = performance.now();
    const { failures } = await this.#generator.ask(loadOf(caller, yaml, { pace, runs }));
    if (failures > 0) throw new Error(`${failures} runs could not be started`);
    const figures = await untilEnded(server, runs);
    const seconds = (performance.now() - startedAt) / 1_000;
    const after = await machineUse(pids().concat(server.runner.pid));
    const storeMs = ((await cpuSecondsOf(storePids)) - storeBefore) * 1_000;
    if (figures.notCompleted > 0)
      throw new Error(`${figures.notCompleted} runs did not complete: ${figures.failure}`);
    return {
      name,
      perSecond: runs / seconds,
      cpuMs: figures.cpuMs / runs,
      storeMs: storePids.length === 0 ? undefined : storeMs / runs,
      writes: figures.writes / runs,
      reads: readsOf(figures) / runs,
      requests: figures.requests,
      runs,
      firstStep: figures.firstStep,
      othersShare: before && after ? othersShare(before, after) : undefined,
    };
  }

  /**
   * Measures several rounds and returns the cheapest, because other programs only add to the CPU
   * time.
   */
  async #steps(caller: Caller): Promise<readonly MeasuredSteps[]> {
    const cheapest = new Map<number, RunnerFigures & { readonly runs: number }>();
    for (let round = 0; round < this.#plan.stepRounds; round += 1)
      for (const length of LENGTHS) {
        const runs = Math.min(600, Math.max(5, Math.round(MEASURED_STEPS / length)));
        await figuresOf(caller.server);
        const load = loadOf(caller, dataSets(length), { pace: { atOnce: 4 }, runs });
        const { failures } = await this.#generator.ask(load);
        if (failures > 0) throw new Error(`${failures} runs could not be started`);
        const figures = { ...(await untilEnded(caller.server, runs)), runs };
        const known = cheapest.get(length);
        if (known === undefined || figures.cpuMs < known.cpuMs) cheapest.set(length, figures);
      }
    const msOf = (length: number): number => {
      const { cpuMs = 0, runs = 1 } = cheapest.get(length) ?? {};
      return cpuMs / runs;
    };
    return LENGTHS.map((length, index) => {
      const { writes = 0, runs = 1 } = cheapest.get(length) ?? {};
      const shorter = LENGTHS[index - 1];
      const microsPerStep =
        shorter === undefined
          ? undefined
          : ((msOf(length) - msOf(shorter)) * 1_000) / (length - shorter);
      return { length, cpuMs: msOf(length), microsPerStep, writes: writes / runs };
    });
  }
}
