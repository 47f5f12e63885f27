export { ACCEPTED_CODINGS } from './decode_body.ts';
export { Dispatchers } from './dispatchers.ts';
export type { HeaderRecord } from './exchange.ts';
export { systemCodeOf } from './failure.ts';
export { compileProxyRules } from './proxy_rules.ts';
export { isSafeHeader } from './redirects.ts';
export type { Call, CallResult, RedirectHop } from './send.ts';
export { Sender } from './send.ts';
export { loadHostTls } from './tls_profiles.ts';
