export { FaultInjector } from './fault_injector.ts';
export type { Fault, FaultPlan, HoldPlan } from './fault_plan.ts';
export { faultPlanSchema } from './fault_plan.ts';
export { fingerprint } from './fingerprint.ts';
export type { Hold } from './hold.ts';
export type { RequestFilter, RequestRecord } from './request_recorder.ts';
export { RequestRecorder } from './request_recorder.ts';
