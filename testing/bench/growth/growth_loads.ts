import type { SpreadLoad } from '../processes/spread_load.ts';
import type { BenchServer } from '../server/start_bench_server.ts';

type Request = Omit<SpreadLoad, 'pace' | 'seconds'>;

const EXECUTION = JSON.stringify({
  params: { subAction: 'request', subActionParams: { path: 'files' } },
});

/** `_execute` with a valid token, at one server or at several in turn. */
export function execution(
  servers: readonly BenchServer[],
  { apiKey, connectorId }: { readonly apiKey: string; readonly connectorId: string },
): Request {
  return {
    origins: servers.map(({ url }) => url),
    path: `/api/actions/connector/${connectorId}/_execute`,
    method: 'POST',
    headers: headers(apiKey),
    body: EXECUTION,
    expected: 'Quarterly report',
  };
}

/** All connectors of a space, as the user interface lists them. */
export function connectorList(server: BenchServer, apiKey: string, spaceId: string): Request {
  return {
    origins: [server.url],
    path: `/s/${spaceId}/internal/actions/connectors`,
    method: 'GET',
    headers: headers(apiKey),
    expected: `${spaceId}-0`,
  };
}

/** The user's status of all connectors of a space, or of the named ones. */
export function myStatus(
  server: BenchServer,
  apiKey: string,
  of: { readonly spaceId: string; readonly connectorIds?: readonly string[] },
): Request {
  return {
    origins: [server.url],
    path: `/s/${of.spaceId}/internal/actions/connectors/_me/auth_status`,
    method: 'POST',
    headers: headers(apiKey),
    body: JSON.stringify(of.connectorIds === undefined ? {} : { connector_ids: of.connectorIds }),
    expected: '"connected"',
  };
}

function headers(apiKey: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'kbn-xsrf': 'bench',
    'x-elastic-internal-origin': 'bench',
    authorization: `ApiKey ${apiKey}`,
  };
}
