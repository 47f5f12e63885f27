import type { LoadRequest } from '../processes/load_generator.ts';

const EXECUTION = JSON.stringify({
  params: { subAction: 'request', subActionParams: { path: 'files' } },
});
const JSON_HEADERS = { 'content-type': 'application/json' };
const FILE = 'Quarterly report';

/** Returns the headers of a request of the user interface, or of a program with an API key. */
function apiHeaders(apiKey: string): Record<string, string> {
  return {
    ...JSON_HEADERS,
    'kbn-xsrf': 'bench',
    'x-elastic-internal-origin': 'bench',
    authorization: `ApiKey ${apiKey}`,
  };
}

/** Request to the upstream, without a proxy. */
export function upstreamRequest(url: string): LoadRequest {
  const headers = { authorization: 'Bearer bench' };
  return { origins: [url], path: '/files', method: 'GET', headers, expected: FILE };
}

/** Request to a bare proxy. It is the same as an execution, and has nearly the same response. */
export function bareProxyRequest(url: string): LoadRequest {
  return {
    origins: [url],
    path: '/execute',
    method: 'POST',
    headers: JSON_HEADERS,
    body: EXECUTION,
    expected: FILE,
  };
}

/** Request to `_execute` with a valid token, to one server or to several in turn. */
export function execution(
  servers: readonly { readonly url: string }[],
  { apiKey, connectorId }: { readonly apiKey: string; readonly connectorId: string },
): LoadRequest {
  return {
    origins: servers.map(({ url }) => url),
    path: `/api/actions/connector/${connectorId}/_execute`,
    method: 'POST',
    headers: apiHeaders(apiKey),
    body: EXECUTION,
    expected: FILE,
  };
}

/** Request for all connectors of a space, as the user interface lists them. */
export function connectorList(url: string, apiKey: string, spaceId: string): LoadRequest {
  return {
    origins: [url],
    path: `/s/${spaceId}/internal/actions/connectors`,
    method: 'GET',
    headers: apiHeaders(apiKey),
    expected: `${spaceId}-0`,
  };
}

/** Request for the user's status of all connectors of a space, or of the named ones. */
export function myStatus(
  url: string,
  apiKey: string,
  of: { readonly spaceId: string; readonly connectorIds?: readonly string[] },
): LoadRequest {
  return {
    origins: [url],
    path: `/s/${of.spaceId}/internal/actions/connectors/_me/auth_status`,
    method: 'POST',
    headers: apiHeaders(apiKey),
    body: JSON.stringify(of.connectorIds === undefined ? {} : { connector_ids: of.connectorIds }),
    expected: '"connected"',
  };
}
