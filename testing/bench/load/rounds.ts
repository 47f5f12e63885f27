import { cpuSecondsOf, machineUse, othersShare } from '../measure/machine_use.ts';
import { medians } from '../measure/statistics.ts';
import type { Load, LoadRequest, LoadResult } from '../processes/load_generator.ts';
import type { Role } from '../processes/role.ts';

export type LoadGenerator = Role<Load, LoadResult>;

/** A measured target, and the processes whose CPU time it uses. */
export interface Target {
  readonly name: string;
  /** The number that grows between targets (tokens, connectors or processes), if there is one. */
  readonly size: number;
  readonly load: LoadRequest;
  readonly servers: readonly number[];
  /**
   * Process ids of the cluster. Empty for the embedded store, which works in the process of the
   * server.
   */
  readonly store: readonly number[];
}

/** One kind of load. Each target has one turn of each kind per round. */
interface Turn {
  readonly pace: Load['pace'];
  readonly seconds: number;
}

/**
 * Figures of a turn. Times are in milliseconds, CPU times in microseconds per request. 0: not
 * known.
 */
interface Figures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly serverCpu: number;
  readonly storeCpu: number;
  readonly bytes: number;
  /** Share of the machine that other programs used during the turn, from 0 to 1. */
  readonly others: number;
}

/** Medians of the turns of one kind over all rounds, and the failed requests of all rounds. */
export interface TurnSummary extends Figures {
  readonly failures: number;
}

/** One target and its results for each kind of turn, in the order of the turns. */
export interface Row {
  readonly name: string;
  readonly size: number;
  readonly turns: readonly TurnSummary[];
}

/** Load generator, kinds of turns and warm-up for measuring a group of targets. */
export interface RoundsPlan {
  readonly generator: LoadGenerator;
  /** Process ids of everything that the benchmark has started. */
  readonly ownPids: () => readonly number[];
  readonly rounds: number;
  readonly turns: readonly Turn[];
  /**
   * Load before the first round, for each server of each target, so that code is compiled and
   * caches are filled. It is a number of requests and not a time: on a busy machine, a second may
   * contain only a hundred requests.
   */
  readonly warmUp: { readonly pace: Turn['pace']; readonly requests: number };
}

/**
 * Measures the targets in alternating order, so that other work of the machine affects all of them
 * equally, and no target always follows the same other target.
 */
export async function measureRounds(
  targets: readonly Target[],
  plan: RoundsPlan,
): Promise<readonly Row[]> {
  await warmUp(targets, plan);
  const measured = new Map(
    targets.map((target) => [target, plan.turns.map((): TurnSummary[] => [])]),
  );
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
      for (const [at, turn] of plan.turns.entries())
        measured.get(target)?.[at]?.push(await play(target, turn, plan));
    }
  }
  return [...measured].map(([{ name, size }, turns]) => ({
    name,
    size,
    turns: turns.map(summary),
  }));
}

/**
 * Returns the CPU time of server and store for one request in microseconds. It depends less on
 * other work of the machine than throughput does. Where the system does not report CPU time, the
 * result is the time between two requests. `NaN`: there is no turn.
 */
export function costOf(turn: TurnSummary | undefined): number {
  if (turn === undefined) return Number.NaN;
  return turn.serverCpu + turn.storeCpu || 1e6 / turn.perSecond;
}

/**
 * Checks that no request of the rounds failed, because figures of a broken server are meaningless.
 * @throws Error with the number of failed requests
 */
export function ensureNothingFailed(rows: readonly Row[]): void {
  const failed = rows
    .flatMap(({ turns }) => turns)
    .reduce((sum, { failures }) => sum + failures, 0);
  if (failed > 0) throw new Error(`${failed} requests failed`);
}

/** Warms up each server once, because targets may share servers. */
async function warmUp(
  targets: readonly Target[],
  { generator, warmUp: { pace, requests } }: RoundsPlan,
): Promise<void> {
  const warm = new Set<string>();
  for (const { load } of targets) {
    for (const origin of load.origins) {
      const place = `${origin}${load.path}`;
      if (warm.has(place)) continue;
      warm.add(place);
      await generator.ask({ ...load, origins: [origin], pace, until: { requests } });
    }
  }
}

async function play(
  { load, servers, store }: Target,
  { pace, seconds }: Turn,
  { generator, ownPids }: RoundsPlan,
): Promise<TurnSummary> {
  const read = () =>
    Promise.all([cpuSecondsOf(servers), cpuSecondsOf(store), machineUse(ownPids())]);
  const before = await read();
  const result = await generator.ask({ ...load, pace, until: { seconds } });
  const after = await read();
  const perRequest = (seconds: number): number => (seconds * 1e6) / Math.max(1, result.requests);
  return {
    ...result,
    serverCpu: perRequest(after[0] - before[0]),
    storeCpu: perRequest(after[1] - before[1]),
    others: before[2] && after[2] ? othersShare(before[2], after[2]) : 0,
  };
}

function summary(rounds: readonly TurnSummary[]): TurnSummary {
  const figures: readonly Figures[] = rounds;
  return {
    ...medians(figures, 'perSecond', 'p50', 'p99', 'serverCpu', 'storeCpu', 'bytes', 'others'),
    failures: rounds.reduce((sum, { failures }) => sum + failures, 0),
  };
}
