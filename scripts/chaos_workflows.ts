import {
  runWorkflowChaos,
  sliceOf,
  WORKFLOW_MUTATIONS,
  WORKFLOW_SAFEGUARD_SCRIPTS,
  type WorkflowChaosResult,
  type WorkflowChaosSettings,
  type WorkflowStatistics,
  workflowTimings,
} from '../testing/chaos/index.ts';

const MAX_VIOLATIONS = 5;
const VIOLATED = 1;
/**
 * Number of rounds with the script that exposes the disabled safeguard. After them, rounds have
 * random scripts.
 */
const TRIES = 4;
/**
 * Default lifetime of a lease by store, in milliseconds. Elasticsearch on a busy machine needs a
 * second or more for some writes.
 */
const DEFAULT_LEASE_MS = { sqlite: 2_500, elasticsearch: 5_000 };

/** Options of `npm run chaos -- --mode workflows` beside those of every run. */
export interface WorkflowRequest {
  readonly seeds: readonly number[];
  readonly stores: readonly WorkflowChaosSettings['store'][];
  readonly settings: Omit<WorkflowChaosSettings, 'seed' | 'store' | 'mutation' | 'timings'> & {
    /** Lifetime of a lease in milliseconds. `undefined`: the default of the store. */
    readonly leaseMs: number | undefined;
  };
  /** Name of the safeguard that the run disables. `undefined`: none. */
  readonly mutate: string | undefined;
  readonly signal: AbortSignal;
  /** Called with the problem when the name of the safeguard is unknown. It must end the process. */
  readonly refuse: (problem: string) => never;
}

/**
 * Runs workflows under chaos, one seed after the other, and prints totals.
 * @returns the exit code: 1 when an invariant was violated. With a disabled safeguard the opposite:
 * 1 when no invariant was violated
 * @throws the error that aborted a run
 */
export async function playWorkflows(request: WorkflowRequest): Promise<number> {
  const { seeds, stores, mutate, signal, refuse } = request;
  const mutation = WORKFLOW_MUTATIONS.find((name) => name === mutate);
  if (mutate !== undefined && mutation === undefined)
    return refuse(`--mutate must be one of ${WORKFLOW_MUTATIONS.join(', ')}`);
  process.stdout.write(`Seeds: ${seeds.join(',')}\n`);
  let isViolated = false;
  const rows: string[] = [];
  for (const seed of seeds) {
    for (const store of stores) {
      if (signal.aborted) break;
      const script = mutation && WORKFLOW_SAFEGUARD_SCRIPTS[mutation];
      const scripts = script && Array.from({ length: TRIES }, () => script);
      const { leaseMs = DEFAULT_LEASE_MS[store] } = request.settings;
      const timings = workflowTimings(leaseMs);
      const settings = { ...request.settings, timings, seed, store, mutation, scripts };
      const onRound = (round: number, { kills, calls, tookMs }: WorkflowStatistics): void => {
        const seconds = Math.round(tookMs / 1_000);
        process.stdout.write(`round ${round}: ${kills} kills, ${calls} calls, ${seconds} s\n`);
      };
      const result = await runWorkflowChaos(settings, { signal, onRound });
      rows.push(rowOf(settings, result));
      process.stdout.write(`${rows.at(-1)}\n`);
      if (result.failure === undefined) continue;
      isViolated = true;
      process.stdout.write(describe(settings, result));
    }
  }
  process.stdout.write(`\n${[...HEAD, ...rows].join('\n')}\n`);
  return isViolated === (mutation === undefined) ? VIOLATED : 0;
}

const HEAD = [
  '| store | seed | rounds | kills | during calls | runs | not started | calls | takeovers | seconds | undecided | result |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |',
];

function rowOf({ store, seed }: WorkflowChaosSettings, result: WorkflowChaosResult): string {
  const { rounds, kills, killsDuringCalls, runs, refused, calls, takeovers } = result;
  const { tookMs, undecided, failure } = result;
  const verdict = failure === undefined ? 'held' : `violated in round ${failure.round}`;
  const open = undecided.join(' ') || '–';
  const seconds = Math.round(tookMs / 1_000);
  const counts = [rounds, kills, killsDuringCalls, runs, refused, calls, takeovers, seconds];
  return `| ${[store, seed, ...counts, open, verdict].join(' | ')} |`;
}

function describe(
  { seed, store, runs, kills, hasLongFaults, timings, processes, mutation }: WorkflowChaosSettings,
  { failure, statuses, injections }: WorkflowChaosResult,
): string {
  if (failure === undefined) return '';
  const shown = failure.violations
    .slice(0, MAX_VIOLATIONS)
    .flatMap((violation) => [
      `\nInvariant ${violation.invariant}: ${violation.sentence}`,
      ...sliceOf(failure.history, violation).map((line) => `  ${line}`),
    ]);
  return [
    ...shown,
    `\n${failure.violations.length} violations in round ${failure.round} of seed ${seed}.`,
    JSON.stringify({ statuses, injections }),
    mutation === undefined ? `Everything is kept in ${failure.folder}` : '',
    `Replay: npm run chaos -- --mode workflows --seed ${seed} --from-round ${failure.round} --rounds 3 --runs ${runs}${kills === 0 ? '' : ` --kills ${kills}`}${hasLongFaults === true ? ' --long-faults' : ''} --lease-ms ${timings.leaseMs} --processes ${processes} --store ${store}${mutation === undefined ? '' : ` --mutate ${mutation}`}\n`,
  ].join('\n');
}
