export { FaultInjector } from './fault_injector.ts';
export type { Fault, FaultPlan } from './fault_plan.ts';
export { faultPlanSchema } from './fault_plan.ts';
export { fingerprint } from './fingerprint.ts';
export type { RequestFilter, RequestRecord } from './request_recorder.ts';
export { RequestRecorder } from './request_recorder.ts';
