import { median } from '../measure/statistics.ts';
import type { Role } from '../processes/role.ts';
import type { SpreadLoad, SpreadResult } from '../processes/spread_load.ts';
import { cpuSecondsOf, machineUse, othersShare } from './machine_use.ts';

export type SpreadGenerator = Role<SpreadLoad, SpreadResult>;

/** A measured target, and the processes whose CPU time it uses. */
export interface GrowthTarget {
  readonly name: string;
  /** The growing number: tokens, connectors or processes. */
  readonly size: number;
  readonly load: Omit<SpreadLoad, 'pace' | 'seconds'>;
  readonly servers: readonly number[];
  /** Process ids of the cluster; empty for the embedded store, whose work is the server's. */
  readonly store: readonly number[];
}

/** Load of each turn of a target. */
interface Turn {
  readonly pace: SpreadLoad['pace'];
  readonly seconds: number;
}

/**
 * Medians over the rounds of one kind of turn. Times are in milliseconds, CPU times in microseconds
 * per request.
 */
export interface TurnSummary {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly serverCpu: number;
  readonly storeCpu: number;
  readonly bytes: number;
  readonly failures: number;
  /** Share of the machine that other programs used meanwhile, from 0 to 1. */
  readonly others: number;
}

/** One target and its results for each kind of turn, in the order of the turns. */
export interface GrowthRow {
  readonly name: string;
  readonly size: number;
  readonly turns: readonly TurnSummary[];
}

interface Round extends SpreadResult {
  readonly serverCpu: number;
  readonly storeCpu: number;
  readonly others: number;
}

/** Load generator, turns and warm-up for measuring a group of targets. */
export interface RoundsPlan {
  readonly generator: SpreadGenerator;
  /** Process ids of everything that the benchmark has started. */
  readonly ownPids: () => readonly number[];
  readonly rounds: number;
  readonly turns: readonly Turn[];
  /**
   * Load before the first round, for each server of each target, so that code is compiled and
   * caches are filled.
   */
  readonly warmUp: { readonly pace: Turn['pace']; readonly requests: number };
}

/**
 * Measures the targets in alternating order, so that other work of the machine affects all of them
 * equally.
 */
export async function measureRounds(
  targets: readonly GrowthTarget[],
  plan: RoundsPlan,
): Promise<readonly GrowthRow[]> {
  await warmUp(targets, plan);
  const measured = targets.map(() => plan.turns.map(() => [] as Round[]));
  const order = targets.map((_, index) => index);
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const index of round % 2 === 0 ? order : order.toReversed()) {
      for (const [at, turn] of plan.turns.entries()) {
        const target = targets[index];
        if (target !== undefined) measured[index]?.[at]?.push(await play(target, turn, plan));
      }
    }
  }
  return targets.map(({ name, size }, index) => ({
    name,
    size,
    turns: (measured[index] ?? []).map(summary),
  }));
}

/**
 * By requests, not by time: on a busy machine a second of warm-up may be a hundred requests.
 * Targets may share servers.
 */
async function warmUp(targets: readonly GrowthTarget[], plan: RoundsPlan): Promise<void> {
  const { pace, requests } = plan.warmUp;
  const warm = new Set<string>();
  for (const { load } of targets) {
    for (const origin of load.origins) {
      const place = `${origin}${load.path}`;
      if (warm.has(place)) continue;
      warm.add(place);
      for (let done = 0; done < requests; ) {
        const result = await plan.generator.ask({ ...load, origins: [origin], pace, seconds: 1 });
        done += Math.max(1, result.requests);
      }
    }
  }
}

async function play(target: GrowthTarget, turn: Turn, plan: RoundsPlan): Promise<Round> {
  const { load, servers, store } = target;
  const before = await Promise.all([
    cpuSecondsOf(servers),
    cpuSecondsOf(store),
    machineUse(plan.ownPids()),
  ]);
  const result = await plan.generator.ask({ ...load, ...turn });
  const after = await Promise.all([
    cpuSecondsOf(servers),
    cpuSecondsOf(store),
    machineUse(plan.ownPids()),
  ]);
  const perRequest = (seconds: number): number => (seconds * 1e6) / Math.max(1, result.requests);
  return {
    ...result,
    serverCpu: perRequest(after[0] - before[0]),
    storeCpu: perRequest(after[1] - before[1]),
    others: before[2] && after[2] ? othersShare(before[2], after[2]) : 0,
  };
}

function summary(rounds: readonly Round[]): TurnSummary {
  const middle = (of: (round: Round) => number): number => median(rounds.map(of));
  return {
    perSecond: middle(({ perSecond }) => perSecond),
    p50: middle(({ p50 }) => p50),
    p99: middle(({ p99 }) => p99),
    serverCpu: middle(({ serverCpu }) => serverCpu),
    storeCpu: middle(({ storeCpu }) => storeCpu),
    bytes: middle(({ bytes }) => bytes),
    failures: rounds.reduce((sum, { failures }) => sum + failures, 0),
    others: middle(({ others }) => others),
  };
}
