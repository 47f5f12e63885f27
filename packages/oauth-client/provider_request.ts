import { type ProviderToken, tokenHeader } from '@latchkey/oauth-providers';
import type { StandardClient } from './client.ts';
import { credentialsOf } from './client_authentication.ts';
import { OAuthError } from './oauth_error.ts';
import { type ProtocolIo, sendRequest } from './protocol_io.ts';
import type { TokenToRevoke } from './revocation.ts';

type Revocation = NonNullable<NonNullable<StandardClient['provider']>['revocation']>;

/**
 * Sends token requests in the format of a provider: its headers, and its fields in a JSON body
 * instead of a form.
 */
export function inFormatOf(token: ProviderToken | undefined, io: ProtocolIo): ProtocolIo {
  if (token === undefined) return io;
  const { headers, format, fields } = token;
  return {
    ...io,
    fetch: (url, init) => {
      const withHeaders = { ...init, headers: { ...init.headers, ...headers } };
      if (format === 'form') return io.fetch(url, withHeaders);
      const entries = [...new URLSearchParams(init.body)].map(([name, value]) => {
        const fixed = fields[name];
        return [name, String(fixed) === value ? fixed : value];
      });
      return io.fetch(url, {
        ...withHeaders,
        headers: { ...withHeaders.headers, 'content-type': 'application/json' },
        body: JSON.stringify(Object.fromEntries(entries)),
      });
    },
  };
}

/**
 * Returns `true` if a described revocation request contains the token: as credential, in a field of
 * the body, in the query or in the path.
 */
export function containsTokenToRevoke(request: Request): boolean {
  const { authentication, format, fields, query = {}, pathSegments = [] } = request;
  if (authentication === 'token') return true;
  const inBody = format === 'none' ? [] : Object.values(fields);
  return [...inBody, ...Object.values(query), ...pathSegments].some((value) =>
    value.includes('{token}'),
  );
}

/**
 * Sends a revocation request that a provider definition describes.
 * @throws OAuthError when it cannot be sent
 */
export async function sendDescribedRevocation(
  { endpoint, request }: { readonly endpoint: string; readonly request: Request },
  { token, hint }: TokenToRevoke,
  { client, io }: { readonly client: StandardClient; readonly io: ProtocolIo },
): Promise<Response> {
  const { method, authentication, format } = request;
  const filled: Fill = (value) => value.replace('{token}', () => token).replace('{hint}', hint);
  const described = Object.entries(request.fields).map(([name, value]) => [name, filled(value)]);
  const { name, value } = tokenHeader(client.provider?.accessToken, `Bearer ${token}`);
  const credentials =
    authentication === 'token'
      ? { headers: { [name]: value }, fields: {} }
      : await credentialsOf(client, authentication, io.now());
  const fields: Record<string, string> = {
    ...Object.fromEntries(described),
    ...credentials.fields,
  };
  return sendRequest(io, addressOf(endpoint, request, filled), {
    method,
    headers: { accept: 'application/json', ...credentials.headers, ...contentType(format) },
    body: bodyOf(format, fields),
  });
}

type Request = NonNullable<Revocation['request']>;
/** Replaces the placeholders of a value by the token and its hint. */
type Fill = (value: string) => string;

/**
 * Adds the described path segments and query to the endpoint. Values are encoded, so none can
 * change another part of the URL. A segment `.` or `..` would, because URLs are normalized.
 * @throws OAuthError for a token that would be such a segment
 */
function addressOf(
  endpoint: string,
  { query = {}, pathSegments = [] }: Request,
  fill: Fill,
): string {
  const segments = pathSegments.map(fill);
  if (segments.length === 0 && Object.keys(query).length === 0) return endpoint;
  const url = URL.parse(endpoint);
  if (url === null || segments.some((segment) => /^\.{0,2}$/.test(segment)))
    throw new OAuthError(
      'invalid_request',
      'misconfigured',
      'The revocation request has no valid URL.',
    );
  const path = segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
  if (path !== '') url.pathname = url.pathname.replace(/\/$/, '') + path;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, fill(value));
  return url.href;
}

function contentType(format: Request['format']): Record<string, string> {
  if (format === 'none') return {};
  const type = format === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
  return { 'content-type': type };
}

function bodyOf(format: Request['format'], fields: Record<string, string>): string | undefined {
  if (format === 'none') return undefined;
  return format === 'json' ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
}
