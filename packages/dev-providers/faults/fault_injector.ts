import { type Fault, type FaultPlan, faultPlanSchema } from './fault_plan.ts';

interface PendingPlan {
  readonly endpoint: string;
  readonly grantType: string | undefined;
  readonly fault: Fault;
  remaining: number;
}

/** Faults waiting for their requests. Plans for the same endpoint are used up in the order they were made. */
export class FaultInjector {
  #plans: PendingPlan[] = [];

  /** @throws ZodError when the plan is malformed */
  failNext(plan: FaultPlan): void {
    const { endpoint, grantType, times, fault } = faultPlanSchema.parse(plan);
    this.#plans.push({ endpoint, grantType, fault, remaining: times });
  }

  /** Forgets the faults that have not happened yet. */
  clear(): void {
    this.#plans = [];
  }

  /** The fault for this request, used up by the call; `undefined`: nothing goes wrong. */
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
