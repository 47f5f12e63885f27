export { EgressError } from './egress_error.ts';
export type {
  CustomHostSettings,
  Egress,
  EgressErrorCode,
  EgressFetchInit,
  EgressSettings,
  ProxySettings,
  VerificationMode,
} from './types.ts';
