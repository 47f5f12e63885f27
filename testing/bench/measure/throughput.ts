import type { Load, LoadResult } from '../processes/load_generator.ts';
import type { Role } from '../processes/role.ts';
import { cpuSeconds } from './cpu_time.ts';
import { median } from './statistics.ts';
import type { Target } from './targets.ts';

export type LoadGenerator = Role<Load, LoadResult>;

/** Medians over the rounds. */
export interface Throughput {
  readonly name: string;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /**
   * CPU time of the measured process per request, in microseconds; `undefined` where the system
   * does not report it.
   */
  readonly cpuMicroseconds: number | undefined;
  readonly failures: number;
}

interface Round extends LoadResult {
  readonly cpuMicroseconds: number | undefined;
}

export interface ThroughputPlan {
  readonly connections: number;
  readonly rounds: number;
  readonly secondsEach: number;
  /**
   * Requests per target before the first round, so that code is compiled and connections are open.
   */
  readonly warmUpRequests: number;
}

/**
 * Measures the targets in turn, round after round, so that other work of the machine affects all of
 * them.
 */
export async function measureThroughput(
  targets: readonly Target[],
  generator: LoadGenerator,
  plan: ThroughputPlan,
): Promise<readonly Throughput[]> {
  const { connections } = plan;
  for (const { load } of targets) {
    await generator.ask({ ...load, connections, until: { requests: plan.warmUpRequests } });
  }
  const rounds = new Map<Target, Round[]>(targets.map((target) => [target, []]));
  for (let round = 0; round < plan.rounds; round += 1) {
    // In alternating order, so that no target always follows the same one.
    for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
      const before = await cpuSeconds(target.pid);
      const result = await generator.ask({
        ...target.load,
        connections,
        until: { seconds: plan.secondsEach },
      });
      const after = await cpuSeconds(target.pid);
      const cpuMicroseconds =
        before === undefined || after === undefined
          ? undefined
          : ((after - before) * 1e6) / result.requests;
      rounds.get(target)?.push({ ...result, cpuMicroseconds });
    }
  }
  return [...rounds].map(([{ name }, results]) => summary(name, results));
}

function summary(name: string, rounds: readonly Round[]): Throughput {
  const cpu = rounds.flatMap(({ cpuMicroseconds }) => cpuMicroseconds ?? []);
  return {
    name,
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    p50: median(rounds.map(({ p50 }) => p50)),
    p99: median(rounds.map(({ p99 }) => p99)),
    cpuMicroseconds: cpu.length === 0 ? undefined : median(cpu),
    failures: rounds.reduce((sum, { failures }) => sum + failures, 0),
  };
}
