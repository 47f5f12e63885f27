import type { BareClient } from '../processes/bare_proxy.ts';
import type { Load } from '../processes/load_generator.ts';

/** A server that is measured under the same load as the other targets. */
export interface Target {
  readonly name: string;
  /** The process whose CPU time is measured. */
  readonly pid: number;
  readonly load: Omit<Load, 'connections' | 'until'>;
}

const BODY = JSON.stringify({
  params: { subAction: 'request', subActionParams: { path: 'files' } },
});
const JSON_HEADERS = { 'content-type': 'application/json' };

/** The upstream without a proxy. */
export function upstreamTarget(upstream: { readonly pid: number; readonly url: string }): Target {
  return {
    name: 'upstream alone',
    pid: upstream.pid,
    load: {
      url: `${upstream.url}/files`,
      method: 'GET',
      headers: { authorization: 'Bearer bench' },
      expected: 'Quarterly report',
    },
  };
}

/** A bare proxy, with the same request and nearly the same response as an execution. */
export function bareProxyTarget(
  client: BareClient,
  proxy: { readonly pid: number; readonly url: string },
): Target {
  return {
    name: `bare fastify + ${client} proxy`,
    pid: proxy.pid,
    load: {
      url: `${proxy.url}/execute`,
      method: 'POST',
      headers: JSON_HEADERS,
      body: BODY,
      expected: 'Quarterly report',
    },
  };
}

/** `_execute` with a valid token. */
export function executeTarget(
  name: string,
  server: { readonly pid: number; readonly url: string },
  caller: { readonly apiKey: string; readonly connectorId: string },
): Target {
  return {
    name,
    pid: server.pid,
    load: {
      url: `${server.url}/api/actions/connector/${caller.connectorId}/_execute`,
      method: 'POST',
      headers: { ...JSON_HEADERS, 'kbn-xsrf': 'bench', authorization: `ApiKey ${caller.apiKey}` },
      body: BODY,
      expected: 'Quarterly report',
    },
  };
}
