import { ConnectorActionError } from '../contract/errors.ts';
import { queryText } from '../operations/query_text.ts';
import { addMeta, UISchemas } from '../ui_metadata/index.ts';

/** Query values. A list becomes a repeated parameter. */
export type QueryValues = Readonly<
  Record<string, string | number | boolean | readonly (string | number | boolean)[]>
>;

const reject = (problem: string): never => {
  throw new ConnectorActionError('invalid_input', problem);
};

/**
 * Characters that URL parsers treat differently: with one of them, one parser may see a path where
 * another sees a host.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: rejects control characters
const AMBIGUOUS = /[\u0000-\u001f\u007f\\#]/;

/**
 * Tells if a segment is `.`, `..` or `..;`, or becomes one for servers that ignore invisible
 * characters.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: some servers ignore them
const DOT_SEGMENT = /^\.{1,2}[\u0000-\u0020]*(;.*)?$/;

/** Maximum number of times that servers and proxies decode a path one after the other. */
const MAX_DECODINGS = 5;

/** Decodes a path once, byte by byte, because only ASCII characters are of interest. */
const decodeOnce = (path: string): string =>
  path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

const checkPath = (path: string): void => {
  if (AMBIGUOUS.test(path))
    reject('[path] must not contain control characters, backslashes or a fragment');
  if (path.startsWith('//')) reject('[path] must not start with two slashes');
  // Without these characters no segment can be a dot segment.
  if (!path.includes('.') && !path.includes('%')) return;
  let [decoded = ''] = path.split('?', 1);
  for (let decodings = 0; ; decodings += 1) {
    // A server may decode a slash or backslash before routing, so it separates segments here too.
    if (decoded.split(/[/\\]/).some((segment) => DOT_SEGMENT.test(segment)))
      reject('[path] must not contain dot segments');
    const next = decodeOnce(decoded);
    if (next === decoded) return;
    if (decodings === MAX_DECODINGS) reject('[path] is percent-encoded too many times');
    decoded = next;
  }
};

/** The parts of a connector's URL that limit its requests. */
interface Base {
  /** The URL without its fragment. */
  readonly href: string;
  readonly origin: string;
  /** Path without slashes at its end. */
  readonly prefix: string;
}

/**
 * Maximum number of parsed URLs in memory. All requests of a connector have the same URL, so it is
 * parsed once.
 */
const MAX_BASES = 1_000;
const bases = new Map<string, Base>();

const baseOf = (baseUrl: string): Base => {
  const known = bases.get(baseUrl);
  if (known !== undefined) return known;
  const url = URL.parse(baseUrl);
  if (url === null) return reject('the connector has no valid [url]');
  url.hash = '';
  const { href, origin, pathname } = url;
  const base = { href, origin, prefix: pathname.replace(/(?<!\/)\/+$/, '') };
  if (bases.size >= MAX_BASES) bases.clear();
  bases.set(baseUrl, base);
  return base;
};

const joined = ({ href, origin, prefix }: Base, path: string): URL => {
  checkPath(path);
  // Without a path, the target is the configured URL itself, with the slash at its end.
  if (path === '') return new URL(href);
  const separator = path.startsWith('/') ? '' : '/';
  return new URL(`${origin}${prefix}${separator}${path}`);
};

const absolute = (url: string): URL => {
  if (AMBIGUOUS.test(url))
    reject('[url] must not contain control characters, backslashes or a fragment');
  if (!URL.canParse(url)) reject('[url] is not an absolute URL');
  const afterScheme = url.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/, '');
  checkPath(afterScheme.startsWith('/') ? afterScheme : `/${afterScheme}`);
  return new URL(url);
};

/** Final check of the URL that is used: same origin, no user info, below the configured path. */
const ensureInside = ({ origin, prefix }: Base, target: URL): void => {
  const { pathname } = target;
  const inside = pathname === prefix || pathname.startsWith(`${prefix}/`);
  if (
    target.origin !== origin ||
    origin === 'null' ||
    target.username !== '' ||
    target.password !== '' ||
    !inside
  ) {
    reject('the request is not below the URL of the connector');
  }
};

/**
 * Sets query values in place of those that the URL has. Others of the URL are kept as written. They
 * are all set in one step, because each change of a URL copies its query.
 */
const setQuery = (target: URL, query: QueryValues = {}): void => {
  const names = new Set(Object.keys(query));
  if (names.size === 0) return;
  const kept = target.search
    .slice(1)
    .split('&')
    .filter((parameter) => {
      const [name] = new URLSearchParams(parameter).keys();
      return name !== undefined && !names.has(name);
    });
  const given = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, String(value)]),
  );
  const added = given.length === 0 ? [] : [queryText(new URLSearchParams(given))];
  target.search = [...kept, ...added].join('&');
};

/**
 * The URL of a request. It always has the origin of `baseUrl` and is below its path, because the
 * credentials of the connector must not be sent to another place.
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
  // Templates and forms send empty strings for absent values.
  const { path = '', url = '' } = input;
  if (path !== '' && url !== '') reject('give either [path] or [url]');
  const base = baseOf(baseUrl);
  const target = url === '' ? joined(base, path) : absolute(url);
  ensureInside(base, target);
  setQuery(target, input.query);
  return target;
};

/** A URL that limits where credentials are sent: no user info, no query, no fragment. */
export const baseUrl = () =>
  addMeta(
    UISchemas.url().refine(
      (value) => {
        if (!URL.canParse(value)) return false;
        const url = new URL(value);
        return `${url.username}${url.password}${url.search}${url.hash}` === '';
      },
      { message: 'must have no user info, query or fragment' },
    ),
    {
      label: 'URL',
      helpText: 'Requests and credentials are sent to this URL and below it only.',
      widget: 'text',
      placeholder: 'https://',
      validate: { allowedHosts: true },
    },
  );
