import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChaosSettings } from '../chaos_settings.ts';
import { type ChaosFailure, ChaosRun } from './chaos_run.ts';
import { writeScript } from './round_script.ts';
import type { Figures } from './tally.ts';
import { timingsFor } from './timings.ts';

/** A round that the machine spoils so often says nothing. */
const MAX_REPETITIONS = 2;

/** What cannot be done to whole servers from outside. Keys are changed by a restart there; a store inside a process has no door. */
const NOT_WITH_SERVERS = {
  sqlite: ['rotate_keys', 'remove_person', 'store'],
  elasticsearch: ['rotate_keys', 'remove_person'],
} as const;

/** What a run came to. */
export interface ChaosResult extends Figures {
  /** Rounds that nothing can be said about: each time they were played the machine stood still for half of a lease, and a promise did not hold. */
  readonly undecided: readonly number[];
  /** `undefined`: none was found. */
  readonly failure: ChaosFailure | undefined;
}

/** Whoever watches a run. */
interface Watch {
  /** The figures so far. */
  onRound?(round: number, figures: Figures): void;
  /** Aborted: no further round is begun. */
  readonly signal?: AbortSignal;
}

/** Plays rounds until all are done, the time is over, nobody wants more, or an invariant does not hold. @throws EsError when there is no Elasticsearch to be had */
export async function runChaos(settings: ChaosSettings, watch: Watch = {}): Promise<ChaosResult> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-chaos-'));
  const run = new ChaosRun(settings, folder);
  let isKept = false;
  try {
    await run.start();
    // Whatever ends a run before its time has to be looked into.
    isKept = settings.mutation === undefined;
    const result = await play(run, settings, watch);
    // What was found on purpose needs no looking into.
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
    if (run.tally.elapsedMs > stopAfterMs || watch.signal?.aborted) break;
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
    for (let again = 0; outcome.isSpoiled && again < MAX_REPETITIONS; again += 1) {
      outcome = await run.playRound(round, script);
    }
    if (outcome.isSpoiled) undecided.push(round);
    else failure = outcome.failure;
    watch.onRound?.(round, run.tally.figures());
  }
  return { ...run.tally.figures(), undecided, failure };
}
