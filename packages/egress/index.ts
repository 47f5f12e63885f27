export { isReplayableBody, redactAxiosError } from './axios/index.ts';
export { createEgress } from './create_egress.ts';
export { EgressError, findEgressError } from './egress_error.ts';
export type {
  AxiosInstanceOptions,
  CustomHostSettings,
  Egress,
  EgressDeps,
  EgressErrorCode,
  EgressFetchInit,
  EgressSettings,
  ProxySettings,
  VerificationMode,
} from './types.ts';
