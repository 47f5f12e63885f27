import { ConnectorActionError } from '../contract/connector_action_error.ts';

/** Query values; lists repeat their name. */
export type QueryValues = Readonly<
  Record<string, string | number | boolean | readonly (string | number | boolean)[]>
>;

const refuse = (problem: string): never => {
  throw new ConnectorActionError('invalid_input', problem);
};

/** Characters that parsers disagree about: one may see a path where another sees a host. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
const AMBIGUOUS = /[\u0000-\u001f\u007f\\#]/;

/** `.`, `..` and `..;`, plain or percent-encoded once or more: some servers resolve what the URL parser does not. */
const isDotSegment = (segment: string): boolean =>
  /^\.{1,2}(;.*)?$/.test(segment.replace(/%(25)*2e/gi, '.').replace(/%(25)*3b/gi, ';'));

const checkPath = (path: string): void => {
  if (AMBIGUOUS.test(path))
    refuse('[path] must not contain control characters, backslashes or a fragment');
  if (path.startsWith('//')) refuse('[path] must not start with two slashes');
  const [pathname = ''] = path.split('?', 1);
  // An encoded slash or backslash may be decoded before routing, so it separates segments here too.
  if (pathname.split(/\/|%(?:25)*(?:2f|5c)/i).some(isDotSegment)) {
    refuse('[path] must not contain dot segments');
  }
};

const pathPrefix = (base: URL): string => base.pathname.replace(/\/+$/, '');

const joined = (base: URL, path: string): URL => {
  checkPath(path);
  // An absent path means the configured URL itself, its trailing slash included.
  if (path === '') return new URL(base.href);
  const separator = path.startsWith('/') ? '' : '/';
  return new URL(`${base.origin}${pathPrefix(base)}${separator}${path}`);
};

const absolute = (url: string): URL => {
  if (AMBIGUOUS.test(url))
    refuse('[url] must not contain control characters, backslashes or a fragment');
  if (!URL.canParse(url)) refuse('[url] is not an absolute URL');
  const afterScheme = url.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/, '');
  checkPath(afterScheme.startsWith('/') ? afterScheme : `/${afterScheme}`);
  return new URL(url);
};

/** The last word, on the URL as it will be used: same origin, no user info, below the configured path. */
const ensureInside = (base: URL, target: URL): void => {
  const prefix = pathPrefix(base);
  const inside = target.pathname === prefix || target.pathname.startsWith(`${prefix}/`);
  if (
    target.origin !== base.origin ||
    target.origin === 'null' ||
    target.username !== '' ||
    target.password !== '' ||
    !inside
  ) {
    refuse("the request leads outside the connector's URL");
  }
};

/**
 * Where a request goes. Whatever the input, the result has the origin of `baseUrl` and lies below its path: the connector's
 * credentials are meant for that place alone.
 * @throws ConnectorActionError `invalid_input`
 */
export const resolveTarget = (
  baseUrl: string,
  input: {
    readonly path?: string | undefined;
    readonly url?: string | undefined;
    readonly query?: QueryValues | undefined;
  },
): URL => {
  // Templates and forms send empty strings for "not given".
  const { path = '', url = '' } = input;
  if (path !== '' && url !== '') refuse('give either [path] or [url]');
  const base = new URL(baseUrl);
  base.hash = '';
  const target = url === '' ? joined(base, path) : absolute(url);
  ensureInside(base, target);
  for (const [name, values] of Object.entries(input.query ?? {})) {
    target.searchParams.delete(name);
    for (const value of Array.isArray(values) ? values : [values]) {
      target.searchParams.append(name, String(value));
    }
  }
  return target;
};
