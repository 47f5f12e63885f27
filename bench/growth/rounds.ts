import { median } from '../measure/statistics.ts';
import type { Role } from '../processes/role.ts';
import type { SpreadLoad, SpreadResult } from '../processes/spread_load.ts';
import { cpuSecondsOf, machineUse, othersShare } from './machine_use.ts';

export type SpreadGenerator = Role<SpreadLoad, SpreadResult>;

/** Something that is measured, and the processes whose CPU time it costs. */
export interface GrowthTarget {
  readonly name: string;
  /** What grows: tokens, connectors or processes. */
  readonly size: number;
  readonly load: Omit<SpreadLoad, 'pace' | 'seconds'>;
  readonly servers: readonly number[];
  /** Of the cluster; none for the embedded store, whose work is the server's. */
  readonly store: readonly number[];
}

/** How each turn of a target goes. */
export interface Turn {
  readonly pace: SpreadLoad['pace'];
  readonly seconds: number;
}

/** Medians over the rounds of one kind of turn. Times are milliseconds, CPU times microseconds per request. */
export interface TurnSummary {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly serverCpu: number;
  readonly storeCpu: number;
  readonly bytes: number;
  readonly failures: number;
  /** What other programs took of the machine meanwhile, from 0 to 1. */
  readonly others: number;
}

/** One target and what it did in each kind of turn, in the order of the turns. */
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

/** What a group of targets is measured with. */
export interface RoundsPlan {
  readonly generator: SpreadGenerator;
  /** Everything the benchmark itself has started. */
  readonly ownPids: () => readonly number[];
  readonly rounds: number;
  readonly turns: readonly Turn[];
  /** Before the first round, for each server of each target, so that code is compiled and caches are filled. */
  readonly warmUp: { readonly pace: Turn['pace']; readonly requests: number };
}

/** The targets take turns, forth and back, so that a noisy minute of the machine hits all of them alike. */
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

/** By requests, not by time: on a busy machine a second of warming up may be a hundred requests. Targets may share servers. */
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
