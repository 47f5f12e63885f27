import type { ServerConfig } from './core_config.ts';

/** A range of every address, such as `0.0.0.0/0` or `::/0`. */
const EVERY_ADDRESS = /\/0*$/;

/**
 * Reason why production refuses a value of `server.trustProxy`; `undefined`: it is accepted. A
 * server that trusts `X-Forwarded-For` of every client lets each client choose its address. Then
 * the limits of failed logins and the addresses in the audit log mean nothing.
 */
export function trustProxyProblem(trustProxy: ServerConfig['trustProxy']): string | undefined {
  const values = Array.isArray(trustProxy) ? trustProxy : [trustProxy];
  const trustsEverybody = values.some(
    (value) =>
      value === true ||
      (typeof value === 'string' && value.split(',').some((one) => EVERY_ADDRESS.test(one.trim()))),
  );
  if (!trustsEverybody) return undefined;
  return (
    'production does not trust X-Forwarded-For of every client: set the addresses of the proxy ' +
    '(for example 10.0.0.5 or 10.0.0.0/24) or the number of proxies in front (for example 1)'
  );
}
