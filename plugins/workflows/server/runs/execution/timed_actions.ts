import type { ActionsStart, ExecutionTimings } from '@latchkey/actions-plugin/server';
import type { Clock } from '@latchkey/core/server';
import type { CallResult, CallTimings } from '@latchkey/workflow-engine';

type Executing = Pick<ActionsStart, 'execute' | 'executeSystemAction'>;

/** Measures one call of a step. */
export class CallMeter {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #startedAt: number;
  /** Undefined: nothing was executed. */
  #timings: ExecutionTimings | undefined;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  /** The same actions, which also measure their executions. */
  measured<Actions extends Executing>(actions: Actions): Actions {
    const note = async (result: ReturnType<Executing['execute']>) => {
      const { timings } = await result;
      this.#timings = timings;
      return result;
    };
    return {
      ...actions,
      execute: (as, request) => note(actions.execute(as, { ...request, isTimed: true })),
      executeSystemAction: (as, request) =>
        note(actions.executeSystemAction(as, { ...request, isTimed: true })),
    };
  }

  /** Adds the timings to a result. The server's own work is what the other parts leave. */
  added(result: CallResult): CallResult {
    if (this.#timings === undefined || result.kind === 'unauthorized') return result;
    const { waitedMs, tokenMs, upstreamMs } = this.#timings;
    const totalMs = this.#clock.monotonic() - this.#startedAt;
    const timings: CallTimings = {
      waitedMs: rounded(waitedMs),
      tokenMs: rounded(tokenMs),
      upstreamMs: rounded(upstreamMs),
      // The parts may add up to more than the total: a handler may send a request during a refresh.
      overheadMs: rounded(Math.max(0, totalMs - waitedMs - tokenMs - upstreamMs)),
    };
    return { ...result, timings };
  }
}

/** With one decimal: each step stores these numbers. */
const rounded = (ms: number): number => Math.round(ms * 10) / 10;
