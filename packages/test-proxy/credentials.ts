import { type Exchange, jsonObject } from './exchange.ts';

/** The kind of credential, by the name of the field that contains it. */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ['access_token', 'access token'],
  ['refresh_token', 'refresh token'],
  ['token', 'token to revoke'],
  ['id_token', 'id token'],
  ['code', 'code'],
  ['code_verifier', 'verifier'],
  ['pkce_verifier', 'verifier'],
  ['client_secret', 'client secret'],
  ['state', 'state'],
]);

/**
 * Returns the credentials of an OAuth exchange: those in the headers, query, form or JSON of the
 * request, and those in the JSON and the redirect of the response.
 * @returns pairs of kind and value
 */
export function credentialsIn(exchange: Exchange): readonly (readonly [string, string])[] {
  const { headers, url, body, json, response } = exchange;
  const location = response?.headers.location;
  return [
    ...inHeader(headers.authorization),
    ...inFields(new URL(url, 'http://proxy').searchParams),
    ...inFields(new URLSearchParams(body)),
    ...inFields(Object.entries(jsonObject(body))),
    // In responses, `code` is an error code.
    ...inFields(Object.entries(json).filter(([name]) => name !== 'code')),
    ...inFields(location === undefined ? [] : new URL(location, 'http://proxy').searchParams),
  ];
}

function inHeader(header: string | undefined): [string, string][] {
  const [scheme = '', value = ''] = header?.split(' ') ?? [];
  if (value === '') return [];
  if (scheme.toLowerCase() === 'bearer') return [['access token', value]];
  if (scheme.toLowerCase() !== 'basic') return [];
  // RFC 6749 §2.3.1: both halves are form-encoded.
  const [, secret = ''] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return [
    ['basic credentials', value],
    ['client secret', decodeURIComponent(secret)],
  ];
}

function inFields(fields: Iterable<readonly [string, unknown]>): [string, string][] {
  return [...fields].flatMap(([name, value]): [string, string][] => {
    const kind = FIELDS.get(name);
    return kind === undefined || typeof value !== 'string' || value === '' ? [] : [[kind, value]];
  });
}
