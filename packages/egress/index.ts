export { isReplayableBody, redactAxiosError } from './axios/index.ts';
export { createEgress } from './create_egress.ts';
export type {
  ClientCertificate,
  ClientOptions,
  ConnectionTls,
  CustomHostSettings,
  Egress,
  EgressClient,
  EgressClientDefaults,
  EgressErrorCode,
  EgressFetchInit,
  EgressRequest,
  EgressResponse,
  EgressSettings,
  ProxySettings,
  VerificationMode,
} from './types.ts';
