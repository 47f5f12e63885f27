import type { IncomingMessage } from 'node:http';
import { DEFAULT_SPACE_ID } from '../../common/index.ts';
import { HttpError } from './http_error.ts';

/**
 * Maximum length of a URL. Longer URLs get 400. There is room for the longest authorization codes
 * that providers are known to send.
 */
export const MAX_URL_LENGTH = 16 * 1024;

const SPACE_ID = Symbol('space id');
const URL_PROBLEM = Symbol('url problem');
const AUTHORITY = Symbol('authority');
/** Matches a request target in absolute form (RFC 9112 §3.2.2): authority, then path and query. */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)(.*)$/is;
const SPACE_PREFIX = /^\/s\/([^/?]*)(?=[/?]|$)/;
const VALID_SPACE_ID = /^[a-z0-9_-]{1,100}$/;

interface MarkedMessage extends IncomingMessage {
  [SPACE_ID]?: string;
  [URL_PROBLEM]?: HttpError;
  [AUTHORITY]?: string;
}

/**
 * Returns a function that removes authority, base path and space prefix from the URL before
 * routing, and records authority and space on the message. It must not throw, because the router
 * has no request yet. So it also records a refusal, which {@link refuseBadUrl} throws later.
 */
export function createUrlRewriter(config: {
  readonly basePath: string;
  readonly rewriteBasePath: boolean;
}): (message: IncomingMessage) => string {
  const strip = config.rewriteBasePath ? config.basePath : '';
  return (message) => {
    const url = withoutAuthority(message);
    const refuse = (problem: HttpError): string => {
      (message as MarkedMessage)[URL_PROBLEM] = problem;
      return '/';
    };
    if (url === undefined) return refuse(new HttpError(400, 'The URL is not a path.'));
    if (url.length > MAX_URL_LENGTH) return refuse(new HttpError(400, 'The URL is too long.'));
    if (url.includes('%00')) return refuse(new HttpError(400, 'The URL contains a NUL character.'));
    const local = withoutPrefix(url, strip);
    if (local === undefined) return refuse(new HttpError(404, 'Not Found'));
    const prefix = local.startsWith('/s/') ? SPACE_PREFIX.exec(local) : null;
    if (prefix === null) return local;
    const spaceId = prefix[1] ?? '';
    if (!VALID_SPACE_ID.test(spaceId)) return refuse(new HttpError(404, 'Not Found'));
    if (spaceId !== DEFAULT_SPACE_ID) (message as MarkedMessage)[SPACE_ID] = spaceId;
    return rooted(local.slice(prefix[0].length));
  };
}

/** Returns the space that the URL names. `default` when it names none. */
export function spaceIdOf(message: IncomingMessage): string {
  return (message as MarkedMessage)[SPACE_ID] ?? DEFAULT_SPACE_ID;
}

/** Returns host and port of a URL in absolute form. `undefined`: the URL is a path. */
export function authorityOf(message: IncomingMessage): string | undefined {
  return (message as MarkedMessage)[AUTHORITY];
}

/**
 * Rejects a request whose URL the rewriter refused.
 * @throws HttpError 400 or 404
 */
export function refuseBadUrl(message: IncomingMessage): void {
  const problem = (message as MarkedMessage)[URL_PROBLEM];
  if (problem !== undefined) throw problem;
}

/**
 * Returns path and query of the URL, and records the authority of an absolute URL. `undefined`: the
 * text is neither a path, nor an absolute URL, nor `*` as in `OPTIONS *`.
 */
function withoutAuthority(message: IncomingMessage): string | undefined {
  const url = message.url ?? '/';
  if (url.startsWith('/') || url === '*') return url;
  const [, authority, rest] = ABSOLUTE_FORM.exec(url) ?? [];
  if (authority === undefined || rest === undefined) return undefined;
  (message as MarkedMessage)[AUTHORITY] = authority;
  return rooted(rest);
}

function withoutPrefix(url: string, prefix: string): string | undefined {
  if (prefix === '') return url;
  if (!url.startsWith(prefix)) return undefined;
  const rest = url.slice(prefix.length);
  return rest === '' || rest.startsWith('/') || rest.startsWith('?') ? rooted(rest) : undefined;
}

const rooted = (rest: string): string => (rest.startsWith('/') ? rest : `/${rest}`);
