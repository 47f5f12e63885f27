import type { Inspector, MemoryInUse } from '@latchkey/test-environment';
import type { Target } from './targets.ts';
import type { LoadGenerator } from './throughput.ts';

/** Memory of the server at one moment, after a garbage collection. */
export interface MemoryPoint extends MemoryInUse {
  readonly executions: number;
}

/** Executes in steps and measures the memory after each; the first step is the warm-up. */
export async function measureMemory(
  target: Target,
  parts: { readonly generator: LoadGenerator; readonly inspector: Inspector },
  steps: readonly number[],
): Promise<{ readonly points: readonly MemoryPoint[]; readonly failures: number }> {
  const points: MemoryPoint[] = [];
  let executions = 0;
  let failures = 0;
  for (const requests of steps) {
    const load = { ...target.load, connections: 16, until: { requests } };
    const result = await parts.generator.ask(load);
    executions += result.requests;
    failures += result.failures;
    points.push({ executions, ...(await parts.inspector.memoryInUse()) });
  }
  return { points, failures };
}
