import type { Inspector, MemoryInUse } from '@latchkey/test-environment';
import type { LoadRequest } from '../processes/load_generator.ts';
import type { LoadGenerator } from './rounds.ts';

/** Memory of the server at one moment, after a garbage collection. */
export interface MemoryPoint extends MemoryInUse {
  readonly executions: number;
}

/**
 * Executes requests in steps and measures the memory after each step. The first step is the
 * warm-up.
 * @throws Error when a request failed
 */
export async function measureMemory(
  load: LoadRequest,
  parts: { readonly generator: LoadGenerator; readonly inspector: Inspector },
  steps: readonly number[],
): Promise<readonly MemoryPoint[]> {
  const points: MemoryPoint[] = [];
  let executions = 0;
  for (const requests of steps) {
    const pace = { atOnce: 16 };
    const result = await parts.generator.ask({ ...load, pace, until: { requests } });
    if (result.failures > 0) throw new Error(`${result.failures} requests failed`);
    executions += result.requests;
    points.push({ executions, ...(await parts.inspector.memoryInUse()) });
  }
  return points;
}
