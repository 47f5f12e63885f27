import type { ProviderToken } from '@latchkey/oauth-providers';
import type { StandardClient } from './client.ts';
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
 * Sends a revocation request that a provider's entry describes.
 * @param authorization of the client: its Basic header, and its fields for a body
 */
export function sendDescribedRevocation(
  { endpoint, request }: { readonly endpoint: string; readonly request: Request },
  { token, hint }: TokenToRevoke,
  context: {
    readonly client: { readonly basic: string; readonly fields: Readonly<Record<string, string>> };
    readonly io: ProtocolIo;
  },
): Promise<Response> {
  const { client, io } = context;
  const { method, authentication, format } = request;
  const described = Object.entries(request.fields).map(([name, value]) => [
    name,
    value.replace('{token}', () => token).replace('{hint}', hint),
  ]);
  const fields: Record<string, string> = {
    ...Object.fromEntries(described),
    ...(authentication === 'client_secret_post' ? client.fields : {}),
  };
  const credentials = {
    client_secret_basic: { authorization: client.basic },
    client_secret_post: {},
    token: { authorization: `Bearer ${token}` },
  }[authentication];
  return sendRequest(io, endpoint, {
    method,
    headers: { accept: 'application/json', ...credentials, ...contentType(format) },
    body: bodyOf(format, fields),
  });
}

type Request = NonNullable<Revocation['request']>;

function contentType(format: Request['format']): Record<string, string> {
  if (format === 'none') return {};
  const type = format === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
  return { 'content-type': type };
}

function bodyOf(format: Request['format'], fields: Record<string, string>): string | undefined {
  if (format === 'none') return undefined;
  return format === 'json' ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
}
