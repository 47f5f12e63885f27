import {
  type Fault,
  type FaultPlan,
  faultPlanSchema,
  type HoldPlan,
  holdPlanSchema,
} from './fault_plan.ts';
import { type Hold, RequestHold } from './hold.ts';

interface PendingPlan {
  readonly endpoint: string;
  readonly grantType: string | undefined;
  readonly fault: Fault;
  remaining: number;
}

/**
 * Faults that wait for their requests. Plans for the same endpoint are used in the order of their
 * creation.
 */
export class FaultInjector {
  #plans: PendingPlan[] = [];
  #holds: RequestHold[] = [];
  #delays = new AbortController();

  /** Signal that the next {@link clear} aborts. */
  get signal(): AbortSignal {
    return this.#delays.signal;
  }

  /**
   * Plans a fault for the next requests.
   * @throws ZodError when the plan is malformed
   */
  failNext(plan: FaultPlan): void {
    const { endpoint, grantType, times, fault } = faultPlanSchema.parse(plan);
    this.#plans.push({ endpoint, grantType, fault, remaining: times });
  }

  /**
   * Holds one request until it is released, for 28 s at most unless the plan names another maximum.
   * @throws ZodError when the plan is malformed
   */
  holdNext(plan: HoldPlan): Hold {
    const { endpoint, grantType, when, maxMs } = holdPlanSchema.parse(plan);
    const hold = new RequestHold(maxMs);
    this.#holds.push(hold);
    this.#plans.push({ endpoint, grantType, fault: { kind: 'hold', when, hold }, remaining: 1 });
    return hold;
  }

  /** Runs a function during the next request, before the provider acts on it. */
  runNext(plan: Pick<FaultPlan, 'endpoint' | 'grantType'>, run: (body: Buffer) => void): void {
    const { endpoint, grantType } = plan;
    this.#plans.push({ endpoint, grantType, fault: { kind: 'run', run }, remaining: 1 });
  }

  /** Removes the faults that have not happened yet. Delayed and held requests continue. */
  clear(): void {
    this.#plans = [];
    this.#delays.abort();
    this.#delays = new AbortController();
    for (const hold of this.#holds) hold.end();
    this.#holds = [];
  }

  /** Returns and removes the fault for this request. `undefined`: there is none. */
  take(endpoint: string, grantType: string | undefined): Fault | undefined {
    const plan = this.#plans.find(
      (candidate) =>
        candidate.endpoint === endpoint &&
        (candidate.grantType === undefined || candidate.grantType === grantType),
    );
    if (plan === undefined) return undefined;
    plan.remaining -= 1;
    if (plan.remaining === 0) this.#plans = this.#plans.filter((other) => other !== plan);
    return plan.fault;
  }
}
