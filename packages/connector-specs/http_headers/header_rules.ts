import { z } from 'zod';

/** Headers that belong to the connection or to message framing (RFC 9110 §7.6.1); whoever sets them can smuggle requests. */
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

/** Headers that carry a session or a credential by themselves. */
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'cookie2',
  'set-cookie',
  'set-cookie2',
]);

/**
 * Headers that describe the request or its sender. Clients, proxies and logs treat them as
 * harmless, and egress keeps them on a redirect to another origin. So none may carry a secret.
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

/** Own keys of every object: as a header name they would not be data any more. */
const OBJECT_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A `token` of RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

/** Whether `name` is syntactically a header name and no trick on plain objects. */
export const isHeaderName = (name: string): boolean => TOKEN.test(name) && !OBJECT_KEYS.has(name);

/** Whether a header is the transport's business alone, whatever its letter case. */
export const isConnectionHeader = (name: string): boolean =>
  CONNECTION_HEADERS.has(name.toLowerCase());

/** Whether a header carries a credential or a cookie, whatever its letter case. */
export const isCredentialHeader = (name: string): boolean =>
  CREDENTIAL_HEADERS.has(name.toLowerCase());

/**
 * Tells if an API key may be sent in this header. `Authorization` may carry one; cookies,
 * connection headers and descriptive headers may not.
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

/** Printable ASCII: no line break can end the header, no control character can confuse a proxy (RFC 9110 §5.5). */
const FIELD_VALUE = /^[\x20-\x7e]*$/;

/** Whether `value` can be sent as one header line. */
export const isHeaderValue = (value: string): boolean => FIELD_VALUE.test(value);

/** Longest credential accepted in a header; servers commonly refuse header blocks above 16 KiB. */
const MAX_CREDENTIAL_LENGTH = 15_000;

/** A secret that is sent as (part of) a header value. Surrounding blanks, a common paste error, are dropped. */
export const headerCredential = () =>
  z
    .string()
    .trim()
    .min(1)
    .max(MAX_CREDENTIAL_LENGTH)
    .regex(FIELD_VALUE, 'must contain printable ASCII characters only');
