import { z } from 'zod';

/**
 * Connection and framing headers (RFC 9110 §7.6.1). A caller that sets them can smuggle requests.
 */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Headers that contain a session or a credential. */
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'cookie2',
  'set-cookie',
  'set-cookie2',
]);

/**
 * Headers that describe the request or its sender. Clients, proxies and logs treat them as
 * harmless, and the egress keeps them on a redirect to another origin. So none of them may contain
 * a secret.
 */
const DESCRIPTIVE_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'content-language',
  'content-type',
  'origin',
  'referer',
  'user-agent',
]);

/** Property names that change an object when they are used as a header name. */
const OBJECT_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A `token` of RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

/** Returns `true` if a name is a valid header name and safe as a key of a plain object. */
export const isHeaderName = (name: string): boolean => TOKEN.test(name) && !OBJECT_KEYS.has(name);

/** Returns `true` if only the transport may set a header. Ignores case. */
export const isConnectionHeader = (name: string): boolean =>
  CONNECTION_HEADERS.has(name.toLowerCase());

/** Returns `true` if a header contains a credential or a cookie. Ignores case. */
export const isCredentialHeader = (name: string): boolean =>
  CREDENTIAL_HEADERS.has(name.toLowerCase());

/**
 * Returns `true` if a header may contain an API key. `Authorization` may; cookies, connection
 * headers and descriptive headers may not.
 */
export const isApiKeyHeader = (name: string): boolean => {
  const lower = name.toLowerCase();
  return (
    isHeaderName(name) &&
    !isConnectionHeader(lower) &&
    !DESCRIPTIVE_HEADERS.has(lower) &&
    (lower === 'authorization' || !isCredentialHeader(lower))
  );
};

/** Printable ASCII (RFC 9110 §5.5). A line break would end the header. */
const FIELD_VALUE = /^[\x20-\x7e]*$/;

/** Returns `true` if a value can be sent as one header line. */
export const isHeaderValue = (value: string): boolean => FIELD_VALUE.test(value);

/** Maximum length of a credential. Servers commonly reject headers above 16 KiB. */
const MAX_CREDENTIAL_LENGTH = 15_000;

/** A secret that is sent in a header value. Drops surrounding blanks, a common paste error. */
export const headerCredential = () =>
  z
    .string()
    .trim()
    .min(1)
    .max(MAX_CREDENTIAL_LENGTH)
    .regex(FIELD_VALUE, 'must contain printable ASCII characters only');

/**
 * Normalizes an Authorization value: `bearer x` becomes `Bearer x`. The scheme is case-insensitive
 * (RFC 9110 §11.1), but some resource servers compare it literally. Keeps other schemes.
 */
export const normalizeAuthorizationHeaderValue = (value: string): string =>
  value.trim().replace(/^bearer(?= )/i, 'Bearer');

/** Returns `true` if a value has a scheme and a credential and can be sent as one header line. */
export const isAuthorizationHeaderValue = (value: string): boolean =>
  isHeaderValue(value) && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ +\S/.test(value);
