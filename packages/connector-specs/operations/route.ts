import { ConnectorActionError } from '../contract/errors.ts';

/** Methods of operations. */
type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Method and path template as in the documentation of the vendor: `GET /repos/{owner}/{repo}`. */
export type Route = `${Method} /${string}`;

/** Names in braces in the path of a route. */
export type PathKeys<R extends string> = R extends `${string}{${infer K}}${infer Rest}`
  ? K | PathKeys<Rest>
  : never;

/** The parts of a route. */
export interface ParsedRoute {
  readonly method: Method;
  /** Path template with a slash at its start. */
  readonly path: string;
  /** Names of the parameters in the path, in order. */
  readonly pathKeys: readonly string[];
}

const ROUTE = /^(GET|HEAD|POST|PUT|PATCH|DELETE) (\/[^\s?#]*)$/;
const PARAMETER = /\{([^{}]+)\}/g;

const isMethod = (text: string | undefined): text is Method =>
  text !== undefined && /^(GET|HEAD|POST|PUT|PATCH|DELETE)$/.test(text);

/**
 * Reads a route.
 * @throws TypeError for text of another form
 */
export function parseRoute(route: string): ParsedRoute {
  const [, method, path] = ROUTE.exec(route) ?? [];
  if (!isMethod(method) || path === undefined) throw new TypeError(`invalid route [${route}]`);
  return { method, path, pathKeys: [...path.matchAll(PARAMETER)].map(([, key]) => key ?? '') };
}

/**
 * The path of a request. Every value is encoded and fills one segment, or several segments if its
 * parameter is one of `multiSegment`, without a slash at the start or end. No segment is empty, `.`
 * or `..`, because encoding does not change these segments and they would select another resource.
 * @param multiSegment parameters by name. `isOptional: true`: the whole value may be empty
 * @throws ConnectorActionError `invalid_input`
 */
export function expandPath(
  { path }: Pick<ParsedRoute, 'path'>,
  values: ReadonlyMap<string, unknown>,
  multiSegment: ReadonlyMap<string, { readonly isOptional: boolean }>,
): string {
  return path.replace(PARAMETER, (_, name: string) => {
    const value = values.get(name);
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    const rule = multiSegment.get(name);
    if (rule === undefined) return encodeSegment(name, text);
    const inner = text.replace(/^\/|\/$/g, '');
    if (inner === '' && rule.isOptional) return '';
    const segments = inner.split('/');
    return segments.map((segment) => encodeSegment(name, segment)).join('/');
  });
}

/**
 * Encodes one segment of a path.
 * @throws ConnectorActionError `invalid_input` for an empty segment, `.`, `..` and a text that is
 *   not valid Unicode
 */
export function encodeSegment(name: string, segment: string): string {
  if (segment === '' || segment === '.' || segment === '..' || !segment.isWellFormed()) {
    throw new ConnectorActionError('invalid_input', `[${name}] is not valid in a path`);
  }
  return encodeURIComponent(segment);
}
