/**
 * The endpoint of an API to which a path belongs. `/v1/items/7/files` is part of `items`, with the
 * remainder `*` and `files`.
 */
export interface EndpointFamily {
  /** First segment that names a resource: not a prefix such as `api` or `v1`, and not an id. */
  readonly name: string;
  /** The following segments, with `*` in the place of ids. */
  readonly remainder: string;
  /** `true`: the remainder contains a name, not only ids. */
  readonly isRemainderNamed: boolean;
}

const ID = '*';
/** A version in the path, such as `v1` or `v58.0`. */
const VERSION = /^v\d{1,4}(?:\.\d+){0,2}$/i;
/** A version without the letter, such as `2.0` or `2024-10`, which may also be an id or a month. */
const BARE_VERSION = /^(?:\d{1,4}(?:\.\d+){1,2}|\d{4}-\d{2}(?:-\d{2})?)$/;
const API = /^(?:api|rest)$/i;
const NUMBER = /^\d{1,2}$/;
/**
 * Segments with these characters are treated as ids, because names of resources rarely contain
 * them. A name that is mistaken for an id only makes two endpoints look like one.
 */
const ID_LIKE = /[\d@%:~]/;
const MAX_NAME_LENGTH = 40;
/** Maximum number of prefixes. A version that follows later belongs to the resource. */
const MAX_PREFIXES = 6;

/** Returns the endpoint of the path of a URL. */
export function endpointFamily(path: string): EndpointFamily {
  const segments = path.split('/').filter((segment) => segment !== '');
  const start = segments.findLastIndex(isPrefix) + 1;
  const normalized = segments.slice(start).map((segment) => (isId(segment) ? ID : segment));
  const first = normalized.findIndex((segment) => segment !== ID);
  const remainder = first === -1 ? [] : normalized.slice(first + 1);
  return {
    name: normalized[first] ?? ID,
    remainder: remainder.join('/'),
    isRemainderNamed: remainder.some((segment) => segment !== ID),
  };
}

/**
 * Returns `true` if both paths may belong to one endpoint: they name the same resource, or differ
 * only in the first name, which may be an id (`/ana/files` and `/ben/files`). The result is `true`
 * if in doubt, because a wrong `false` ends a valid connection.
 */
export function mayBeSameEndpoint(a: EndpointFamily, b: EndpointFamily): boolean {
  return a.name === b.name || (a.isRemainderNamed && a.remainder === b.remainder);
}

/** Returns `true` for segments such as `api` and `v1`. The last segment is never a prefix. */
function isPrefix(segment: string, index: number, segments: readonly string[]): boolean {
  if (index === segments.length - 1 || index >= MAX_PREFIXES) return false;
  if (VERSION.test(segment)) return true;
  if (BARE_VERSION.test(segment)) return index === 0 || API.test(segments[index - 1] ?? '');
  if (API.test(segment)) return index < 2;
  return NUMBER.test(segment) && API.test(segments[index - 1] ?? '');
}

function isId(segment: string): boolean {
  return segment.length > MAX_NAME_LENGTH || ID_LIKE.test(segment);
}
