import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChaosSettings } from '../plan/chaos_settings.ts';
import { writeScript } from '../plan/round_script.ts';
import { timingsFor } from '../plan/timings.ts';
import { type ChaosFailure, ChaosRun } from './chaos_run.ts';
import type { RunStatistics } from './run_statistics.ts';

/**
 * Maximum repetitions of a round that a slow machine disturbs. After them it counts as undecided.
 */
const MAX_REPETITIONS = 2;

/**
 * Injections that are not possible with whole servers, with the reason: servers change keys only by
 * a restart, and a store inside of a process has no proxy.
 */
const NOT_WITH_SERVERS = {
  sqlite: ['rotate_keys', 'remove_user', 'store'],
  elasticsearch: ['rotate_keys', 'remove_user'],
} as const;

/** Result of all rounds of a run, with its statistics. */
export interface ChaosResult extends RunStatistics {
  /**
   * Rounds without a result. At each attempt, the machine stalled for half of a lease and an
   * invariant did not hold.
   */
  readonly undecided: readonly number[];
  /** First violation. `undefined`: no invariant was violated. */
  readonly failure: ChaosFailure | undefined;
}

/** Callbacks and signal of a caller that observes a run. */
interface Watch {
  /** Called after each round with the statistics so far. */
  onRound?(round: number, statistics: RunStatistics): void;
  /** Signal after which no further round starts. */
  readonly signal?: AbortSignal;
}

/**
 * Runs rounds until all are done, the time is over, the run is aborted, or an invariant does not
 * hold.
 * @throws EsError when Elasticsearch is not available
 */
export async function runChaos(settings: ChaosSettings, watch: Watch = {}): Promise<ChaosResult> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-chaos-'));
  const run = new ChaosRun(settings, folder);
  let isKept = false;
  try {
    await run.start();
    // The folder of a run that ended with an exception is kept, because it has to be inspected.
    isKept = settings.mutation === undefined;
    const result = await play(run, settings, watch);
    // A violation that was provoked on purpose needs no inspection.
    isKept = result.failure !== undefined && settings.mutation === undefined;
    return result;
  } finally {
    await run.stop(isKept);
    if (!isKept) rmSync(folder, { recursive: true, force: true });
  }
}

async function play(run: ChaosRun, settings: ChaosSettings, watch: Watch): Promise<ChaosResult> {
  const { fromRound, rounds, scripts, stopAfterMs = Number.POSITIVE_INFINITY } = settings;
  const undecided: number[] = [];
  let failure: ChaosFailure | undefined;
  for (let round = fromRound; round < fromRound + rounds && failure === undefined; round += 1) {
    if (run.statistics.elapsedMs > stopAfterMs || watch.signal?.aborted) break;
    const { expendableNodes } = run;
    const script =
      scripts?.[round - 1] ??
      writeScript({
        ...settings,
        round,
        timings: timingsFor(settings),
        expendableNodes,
        without: settings.wholeServer ? NOT_WITH_SERVERS[settings.store] : [],
      });
    let outcome = await run.playRound(round, script);
    for (let again = 0; outcome.isInconclusive && again < MAX_REPETITIONS; again += 1) {
      outcome = await run.playRound(round, script);
    }
    if (outcome.isInconclusive) undecided.push(round);
    else failure = outcome.failure;
    watch.onRound?.(round, run.statistics.statistics());
  }
  return { ...run.statistics.statistics(), undecided, failure };
}
