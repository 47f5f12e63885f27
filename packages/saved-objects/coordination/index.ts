export type { Backoff } from './backoff.ts';
export { backoffMs } from './backoff.ts';
export type { HeartbeatOptions } from './heartbeat.ts';
export { Heartbeat } from './heartbeat.ts';
export type { LeaseClock, LeasedDocument, LeaseStamp, TakeLeaseRequest } from './lease.ts';
export { Lease, takeLease } from './lease.ts';
export type { LeaseMonitorOptions, ObservedLease, OwnerRandomness } from './lease_monitor.ts';
export { LeaseMonitor } from './lease_monitor.ts';
export type { LeasableAttributes } from './leased_saved_object.ts';
export { leasedSavedObject, storedLease } from './leased_saved_object.ts';
export type { ProcessLivenessProbe, ProcessState, ProcFiles } from './process_liveness_probe.ts';
export {
  createProcessLivenessProbe,
  NO_PROBE,
  probeOfEnds,
  processLivenessProbe,
} from './process_liveness_probe.ts';
