import { randomInt } from 'node:crypto';
import { EsError, startElasticsearch } from '@latchkey/elasticsearch';
import {
  type ChaosResult,
  type ChaosSettings,
  type Combination,
  MUTATIONS,
  runChaos,
  runSeeds,
  type SeedRun,
  WORKFLOW_MUTATIONS,
} from '../testing/chaos/index.ts';
import { readArguments, refuse } from './arguments.ts';
import { describeFailure, describeRun, describeTotals } from './chaos_report.ts';
import { playWorkflows } from './chaos_workflows.ts';

const USAGE = `Tests refreshes and revocations under chaos, in several processes on one store; see docs/chaos.md.

  npm run chaos -- [options]

  --seed N         seed of the rounds (default 1)
  --seeds N[,N]    several seeds, one after the other, with totals at the end
  --random-seeds N this many random seeds, printed before the first run
  --rounds N       rounds of each seed (default 100)
  --server-rounds N  the same for runs with whole servers (default: as --rounds)
  --from-round N   the first round, for replays (default 1)
  --store S        sqlite, elasticsearch or both (default sqlite; both with several seeds)
  --mode M         workers, servers, both or workflows; servers: workers are whole servers, and
                   callers use HTTP (default workers; both with several seeds); workflows: whole
                   servers run workflows
  --whole-server   like --mode servers
  --nodes N        Elasticsearch nodes to start (default 1); of three or more, one at a time is killed
  --elasticsearch-url U[,U]  a running cluster without credentials; its nodes are not killed
  --processes N    processes on the store (default 4)
  --callers N      callers of one round, over all processes (default 40)
  --runs N         with --mode workflows: runs of one round (default 60)
  --kills N        with --mode workflows: kills of one round, one after the other, instead of
                   other faults; processes start again, and --runs are in flight
  --long-faults    with --mode workflows: in turn, a process is stopped for 60 s, the store is
                   unavailable for 30 s, or a clock is wrong by ten minutes
  --lease-ms N     with --mode workflows: lease of a process (default 2500, on
                   Elasticsearch 5000; 30000 in production)
  --minutes N      stop after this time, even before all rounds are done
  --mutate M       disable a safeguard and expect a violation: ${MUTATIONS.join(', ')};
                   with --mode workflows: ${WORKFLOW_MUTATIONS.join(', ')}
`;

const { values } = readArguments(USAGE, {
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    'random-seeds': { type: 'string' },
    rounds: { type: 'string', default: '100' },
    'server-rounds': { type: 'string' },
    'from-round': { type: 'string', default: '1' },
    store: { type: 'string' },
    mode: { type: 'string' },
    'whole-server': { type: 'boolean', default: false },
    nodes: { type: 'string', default: '1' },
    'elasticsearch-url': { type: 'string' },
    processes: { type: 'string', default: '4' },
    callers: { type: 'string', default: '40' },
    runs: { type: 'string', default: '60' },
    kills: { type: 'string' },
    'long-faults': { type: 'boolean', default: false },
    'lease-ms': { type: 'string' },
    minutes: { type: 'string' },
    mutate: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const VIOLATED = 1;
const UNUSABLE = 2;
const INTERRUPTED = 130;
const HIGHEST_SEED = 2 ** 31;
/** Aborted by the first Ctrl-C, after which the current round is the last one. */
const interruption = new AbortController();
process.once('SIGTERM', () => process.exit(INTERRUPTED));
process.once('SIGINT', () => {
  process.stderr.write('The run ends after this round; press Ctrl-C again to end it now.\n');
  interruption.abort();
  process.once('SIGINT', () => process.exit(INTERRUPTED));
});

process.exitCode = await main();

async function main(): Promise<number> {
  const seeds = readSeeds();
  if (values.mode === 'workflows') return playAllWorkflows(seeds ?? [readSeed()]);
  const combinations = readCombinations(seeds !== undefined);
  const [only] = combinations;
  if (seeds === undefined && combinations.length === 1 && only !== undefined)
    return playOne(settingsOf(only, readSeed()));
  if (values.mutate !== undefined)
    return refuse('--mutate needs exactly one seed and one store', USAGE);
  return playAll(seeds ?? [readSeed()], combinations);
}

async function playOne(settings: ChaosSettings): Promise<number> {
  const { mutation, seed } = settings;
  const result = await runOrExplain(settings);
  if (result === undefined) return UNUSABLE;
  const { failure, ...statistics } = result;
  process.stdout.write(`${JSON.stringify(statistics, undefined, 2)}\n`);
  if (statistics.undecided.length > 0)
    process.stdout.write(
      `Rounds ${statistics.undecided.join(', ')} are undecided: the machine stalled each time. Replay them on a less busy machine.\n`,
    );
  if (failure === undefined) {
    process.stdout.write(`No invariant was violated (seed ${seed}).\n`);
    return mutation === undefined ? 0 : VIOLATED;
  }
  process.stdout.write(describeFailure(failure, settings));
  return mutation === undefined ? VIOLATED : 0;
}

async function playAll(
  seeds: readonly number[],
  combinations: readonly Combination[],
): Promise<number> {
  process.stdout.write(`Seeds: ${seeds.join(',')}\n`);
  const node = await startNodeFor(combinations);
  if (node instanceof EsError) {
    process.stderr.write(`${node.message}\n`);
    return UNUSABLE;
  }
  const shared = node === undefined ? {} : { elasticsearch: { nodes: 1, urls: node.hosts } };
  const settings = (combination: Combination, seed: number): ChaosSettings => ({
    ...settingsOf(combination, seed),
    ...shared,
  });
  const onRun = (run: SeedRun): void => {
    process.stdout.write(`${describeRun(run)}\n`);
    if (run.outcome.type === 'broken_off') process.stderr.write(describe(run.outcome.error));
    else if (run.outcome.result.failure !== undefined)
      process.stdout.write(
        describeFailure(run.outcome.result.failure, settingsOf(run.combination, run.seed)),
      );
  };
  try {
    const { stopAfterMs } = timeLimit();
    const { signal } = interruption;
    const request = { seeds, combinations, settingsOf: settings, stopAfterMs, signal, onRun };
    const runs = await runSeeds(request);
    process.stdout.write(`\n${describeTotals(runs)}`);
    return exitCodeOf(runs);
  } finally {
    await node?.stop();
  }
}

/**
 * Runs workflows under chaos for all seeds.
 * @returns the exit code
 */
async function playAllWorkflows(seeds: readonly number[]): Promise<number> {
  const stores = oneOrBoth('store', values.store ?? 'sqlite', ['sqlite', 'elasticsearch'] as const);
  try {
    return await playWorkflows({
      seeds,
      stores,
      mutate: values.mutate,
      signal: interruption.signal,
      refuse: (problem) => refuse(problem, USAGE),
      settings: {
        rounds: whole('rounds', values.rounds),
        fromRound: whole('from-round', values['from-round']),
        elasticsearch: elasticsearchSettings(),
        processes: whole('processes', values.processes),
        runs: whole('runs', values.runs),
        kills: optionalWhole('kills') ?? 0,
        hasLongFaults: values['long-faults'],
        leaseMs: optionalWhole('lease-ms'),
        ...timeLimit(),
      },
    });
  } catch (error) {
    process.stderr.write(describe(error));
    return UNUSABLE;
  }
}

/**
 * Starts one node for all runs, which use different index prefixes. `undefined`: none is needed, or
 * each run starts its own cluster whose nodes it can kill.
 */
async function startNodeFor(combinations: readonly Combination[]) {
  const isNeeded = combinations.some(({ store }) => store === 'elasticsearch');
  if (!isNeeded || values.nodes !== '1' || values['elasticsearch-url'] !== undefined)
    return undefined;
  try {
    return await startElasticsearch({ report: (line) => process.stderr.write(`${line}\n`) });
  } catch (error) {
    if (error instanceof EsError) return error;
    throw error;
  }
}

function exitCodeOf(runs: readonly SeedRun[]): number {
  const isViolated = runs.some(
    ({ outcome }) => outcome.type === 'finished' && outcome.result.failure !== undefined,
  );
  if (isViolated) return VIOLATED;
  return runs.some(({ outcome }) => outcome.type === 'broken_off') ? UNUSABLE : 0;
}

/** Returns the seeds of a series of runs. `undefined`: the run uses the single seed of `--seed`. */
function readSeeds(): readonly number[] | undefined {
  const { seeds, 'random-seeds': random } = values;
  if (seeds !== undefined && random !== undefined)
    return refuse('--seeds and --random-seeds exclude each other', USAGE);
  if (seeds !== undefined) return seeds.split(',').map((seed) => whole('seeds', seed));
  if (random === undefined) return undefined;
  return Array.from({ length: whole('random-seeds', random) }, () => randomInt(1, HIGHEST_SEED));
}

function readCombinations(areMany: boolean): readonly Combination[] {
  const store = values.store ?? (areMany ? 'both' : 'sqlite');
  const isServer = values['whole-server'];
  const mode = values.mode ?? (isServer ? 'servers' : areMany ? 'both' : 'workers');
  if (isServer && mode !== 'servers')
    return refuse('--whole-server and --mode contradict each other', USAGE);
  const stores = oneOrBoth('store', store, ['sqlite', 'elasticsearch'] as const);
  const modes = oneOrBoth('mode', mode, ['workers', 'servers'] as const);
  return stores.flatMap((name) =>
    modes.map((of) => ({ store: name, wholeServer: of === 'servers' })),
  );
}

function oneOrBoth<T extends string>(name: string, given: string, all: readonly [T, T]) {
  if (given === 'both') return all;
  const one = all.find((known) => known === given);
  return one === undefined ? refuse(`--${name} must be ${all.join(', ')} or both`, USAGE) : [one];
}

function settingsOf({ store, wholeServer }: Combination, seed: number): ChaosSettings {
  const mutation = MUTATIONS.find((known) => known === values.mutate);
  if (values.mutate !== undefined && mutation === undefined)
    return refuse(`--mutate must be one of ${MUTATIONS.join(', ')}`, USAGE);
  const rounds = (wholeServer ? values['server-rounds'] : undefined) ?? values.rounds;
  return {
    seed,
    rounds: whole('rounds', rounds),
    fromRound: whole('from-round', values['from-round']),
    store,
    wholeServer,
    elasticsearch: elasticsearchSettings(),
    processes: whole('processes', values.processes),
    callers: whole('callers', values.callers),
    mutation,
    ...timeLimit(),
  };
}

function elasticsearchSettings() {
  return { nodes: whole('nodes', values.nodes), urls: values['elasticsearch-url']?.split(',') };
}

function readSeed(): number {
  return whole('seed', values.seed);
}

function timeLimit(): Pick<ChaosSettings, 'stopAfterMs'> {
  const { minutes } = values;
  return minutes === undefined ? {} : { stopAfterMs: whole('minutes', minutes) * 60_000 };
}

/**
 * Runs the chaos test. `undefined`: Elasticsearch is not available, or the run was aborted, which
 * says nothing about the invariants. The reason is on standard error.
 */
async function runOrExplain(settings: ChaosSettings): Promise<ChaosResult | undefined> {
  try {
    return await runChaos(settings, {
      signal: interruption.signal,
      onRound: (round, { bursts, refreshes, tookMs }) => {
        if (round % 10 !== 0) return;
        const seconds = Math.round(tookMs / 1000);
        process.stdout.write(
          `round ${round}: ${bursts} bursts, ${refreshes} refreshes, ${seconds} s\n`,
        );
      },
    });
  } catch (error) {
    process.stderr.write(describe(error));
    return undefined;
  }
}

function describe(error: unknown): string {
  if (error instanceof EsError) return `${error.message}\n`;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `An error aborted the run, which has no result: ${text}\n`;
}

function optionalWhole(name: 'kills' | 'lease-ms'): number | undefined {
  const text = values[name];
  return text === undefined ? undefined : whole(name, text);
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    return refuse(`--${name} must be a whole number from 1`, USAGE);
  return value;
}
