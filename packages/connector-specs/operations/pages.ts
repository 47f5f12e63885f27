import { type ApiResponse, isRecord, valuesAt } from '@latchkey/oauth-providers';
import { type ZodType, z } from 'zod';
import { ConnectorActionError } from '../contract/errors.ts';

/**
 * Places of the items and of the next page in a response with a page of a long list. Dotted paths
 * are relative to the body. With `items: ''` the body itself is the list.
 */
export type Pages<K extends string = string> = PageList & NextPage<K>;

interface PageList {
  /** Path to the items of a page. */
  readonly items: string;
  /** `true`: the API omits a list without items. Default `false`: a missing list is an error. */
  readonly isListOptional?: boolean;
  /**
   * Name of a field. Items that have this field are left out, so a page may have fewer items than
   * requested.
   */
  readonly without?: string;
  /** Path to the number of all items. `undefined`: the API does not state the number. */
  readonly total?: string;
  /**
   * Path to a value, and the value with which the API says that it left out items. Absent: the API
   * does not say so.
   */
  readonly incomplete?: { readonly path: string; readonly equals: string | boolean };
  /** Maximum number of items of a call with `all: true`. Default 1000. */
  readonly maxItems?: number;
  /**
   * Names of the fields of the result, for actions whose callers expect the names of the API.
   * Absent: the default names.
   */
  readonly names?: PageNames;
}

/** Names of the fields of a page. */
interface PageNames {
  /** Name of the list. Default `items`. */
  readonly items?: string;
  /** Name of the cursor. Default `nextCursor`. */
  readonly nextCursor?: string;
  /**
   * Name of a boolean that tells if there is a next page. Default: the result has no such boolean.
   */
  readonly hasMore?: string;
  /**
   * Name of a boolean that tells if this is the last page. Default: the result has no such boolean.
   */
  readonly isLast?: string;
  /** Name of the number of all items. Default `total`. */
  readonly total?: string;
}

type NextPage<K extends string> =
  /**
   * The cursor is in the body. This is the last page if the cursor is `null`, `''` or absent, or if
   * `hasMore` is false.
   */
  | {
      readonly next: 'cursor';
      /** Name of the input with the cursor. */
      readonly cursor: K;
      /** Path to the cursor of the next page. */
      readonly path: string;
      /** Path to a boolean that tells if there is a next page. */
      readonly hasMore?: string;
      /**
       * Only for a cursor that is the number of items to skip: the number of items of a list that
       * the API returns at most, and the name of the input with the number of items of a page.
       * Default: the API returns all items.
       */
      readonly limit?: { readonly maxTotal: number; readonly size: K };
    }
  /**
   * The cursor is a parameter of the URL in the header `Link` with `rel="next"` (RFC 8288). If
   * several parameters are possible, the first one that the URL has is used, and the cursor is
   * `name=value`.
   */
  | {
      readonly next: 'link';
      readonly cursor: K;
      readonly parameter: string | readonly [string, ...string[]];
    }
  /**
   * The cursor consists of path and query of a URL in the body. With `isAnyPath: true`, the URL may
   * have a different path than the route, below the base URL, and the whole URL is the cursor; with
   * `cursorForm: 'path'`, only its path and query are.
   */
  | {
      readonly next: 'url';
      readonly cursor: K;
      /** Path to the URL in the body. A dot after a backslash belongs to a name. */
      readonly path: string;
      readonly isAnyPath?: boolean;
      readonly cursorForm?: 'path';
    }
  /** Pages have numbers, from 1. A page with fewer items than `size` is the last one. */
  | {
      readonly next: 'page';
      readonly cursor: K;
      readonly size: K;
      /**
       * Number of items of a list that the API returns at most. Default: the API returns all items.
       */
      readonly maxTotal?: number;
    }
  /** The cursor is the number of items to skip. */
  | { readonly next: 'offset'; readonly cursor: K; readonly size: K };

/** A page of a list, or several pages with `all: true`. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Value for the cursor input of the next call. Absent: this is the last page. */
  readonly nextCursor?: string | number;
  /** Number of all items. Absent: the API does not state it. */
  readonly total?: number;
  /**
   * Says that the API left out items, or does not return the remaining ones. Absent: the list is
   * complete, or this is not its last page.
   */
  readonly notice?: string;
}

type NameOf<P, K extends string> = P extends {
  readonly names: { readonly [N in K]: infer Name extends string };
}
  ? Name
  : K;

/** A {@link Page} whose fields have the names that the operation declares. */
export type NamedPage<T, P> = { readonly [K in NameOf<P, 'items'>]: readonly T[] } & {
  readonly [K in NameOf<P, 'nextCursor'>]?: string | number;
} & { readonly [K in NameOf<P, 'total'>]?: number } & {
  readonly notice?: string;
} & (P extends { readonly names: { readonly hasMore: string } }
    ? { readonly [K in NameOf<P, 'hasMore'>]: boolean }
    : unknown);

/** Renames the fields of a page to the names that the operation declares. */
export function namedPage(
  { names = {} }: Pick<Pages, 'names'>,
  { items, nextCursor, total, notice }: Page<unknown>,
): Readonly<Record<string, unknown>> {
  return {
    [names.items ?? 'items']: items,
    ...(nextCursor === undefined ? {} : { [names.nextCursor ?? 'nextCursor']: nextCursor }),
    ...(names.hasMore === undefined ? {} : { [names.hasMore]: nextCursor !== undefined }),
    ...(names.isLast === undefined ? {} : { [names.isLast]: nextCursor === undefined }),
    ...(total === undefined ? {} : { [names.total ?? 'total']: total }),
    ...(notice === undefined ? {} : { notice }),
  };
}

/** Schema of the result of {@link namedPage}. */
export function pageSchema(pages: Pages, item: ZodType): ZodType {
  const { names = {} } = pages;
  return z.object({
    [names.items ?? 'items']: z.array(item),
    [names.nextCursor ?? 'nextCursor']: z.union([z.string(), z.number()]).optional(),
    ...(names.hasMore === undefined ? {} : { [names.hasMore]: z.boolean() }),
    ...(names.isLast === undefined ? {} : { [names.isLast]: z.boolean() }),
    [names.total ?? 'total']: z.number().optional(),
    ...(hasNotice(pages) ? { notice: z.string().optional() } : {}),
  });
}

/** Number of items of a list that the API returns at most. `undefined`: it returns all items. */
function maxTotalOf(pages: Pages): number | undefined {
  if (pages.next === 'cursor') return pages.limit?.maxTotal;
  return pages.next === 'page' ? pages.maxTotal : undefined;
}

/** Returns `true` if a page of the list can have a notice. */
function hasNotice(pages: Pages): boolean {
  return pages.incomplete !== undefined || maxTotalOf(pages) !== undefined;
}

/**
 * Text for a page of which the API left out items, and for the last page of a list of which the API
 * does not return all items. `undefined`: this is another page, or the list is complete.
 */
export function noticeOf(
  pages: Pages,
  body: unknown,
  { nextCursor, total }: Readonly<Record<'nextCursor' | 'total', string | number | undefined>>,
): string | undefined {
  const { incomplete } = pages;
  if (incomplete !== undefined && valuesAt(body, incomplete.path)[0] === incomplete.equals)
    return 'The service left out items of this list. A more specific search returns others.';
  const maxTotal = maxTotalOf(pages);
  if (maxTotal === undefined || Number(total ?? 0) <= maxTotal) return undefined;
  if (nextCursor !== undefined) return undefined;
  return `The service returns only the first ${maxTotal} of ${total} items. A more specific search returns others.`;
}

/**
 * The input, with a page size that ends where the API ends its lists, if the cursor is a number of
 * items.
 * @throws ConnectorActionError `invalid_input` for a page after the last one that the API returns
 */
export function withinLimit(
  pages: Pages,
  input: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (pages.next !== 'cursor' || pages.limit === undefined) return input;
  const { maxTotal, size } = pages.limit;
  const rest = maxTotal - Number(input[pages.cursor] ?? 0);
  if (rest <= 0)
    throw new ConnectorActionError(
      'invalid_input',
      `the service returns only the first ${maxTotal} items: use a more specific search`,
    );
  return rest < Number(input[size]) ? { ...input, [size]: rest } : input;
}

/** The items of a page, which are not parsed yet. `undefined`: there is no list at the path. */
export function itemsOf(
  { items, isListOptional }: Pick<Pages, 'items' | 'isListOptional'>,
  body: unknown,
): unknown {
  if (items === '') return body;
  const [found] = valuesAt(body, items);
  const isOmitted = isListOptional === true && found === undefined && isRecord(body);
  return isOmitted ? [] : found;
}

/** The items without those that the action does not return. */
export function keptItems({ without }: Pick<Pages, 'without'>, items: unknown): unknown {
  if (without === undefined || !Array.isArray(items)) return items;
  return items.filter((item) => valuesAt(item, without).length === 0);
}

/** The number of all items. `undefined`: the response does not state it. */
export function totalOf({ total }: Pick<Pages, 'total'>, body: unknown): number | undefined {
  const found = total === undefined ? undefined : valuesAt(body, total)[0];
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** A link to the next page cannot be used. The message states the mistake of the response. */
export class UnusableLinkError extends Error {
  override readonly name = 'UnusableLinkError';
}

/**
 * The cursor of the next page.
 * @param call.baseUrl URL that links to the next page must be below
 * @param call.input parsed input of this page
 * @returns `undefined`: this is the last page
 * @throws UnusableLinkError for a link to another origin or not below the base URL, and for a link
 *   without a parameter of the next page
 */
export function nextCursorOf(
  pages: Pages,
  response: ApiResponse,
  call: {
    readonly baseUrl: string;
    readonly input: Readonly<Record<string, unknown>>;
    readonly itemCount: number;
  },
): string | number | undefined {
  switch (pages.next) {
    case 'cursor': {
      if (pages.hasMore !== undefined && valuesAt(response.body, pages.hasMore)[0] !== true)
        return undefined;
      const cursor = usableCursor(valuesAt(response.body, pages.path)[0]);
      return Number(cursor) >= (pages.limit?.maxTotal ?? Infinity) ? undefined : cursor;
    }
    case 'link': {
      const link = nextLink(response.headers['link']);
      if (link === undefined) return undefined;
      const cursor = linkCursor(pages.parameter, ownUrl(call.baseUrl, link).searchParams);
      // Without this error the list would end here, and the caller would not notice that items are
      // missing.
      if (cursor === undefined)
        throw new UnusableLinkError(`links to a next page without [${pages.parameter}]`);
      return cursor;
    }
    case 'url': {
      const link = usableCursor(valuesAt(response.body, pages.path)[0]);
      if (link === undefined) return undefined;
      const { href, pathname, search } = ownUrl(call.baseUrl, String(link));
      return hasUrlCursor(pages) ? href : `${pathname}${search}`;
    }
    case 'page':
    case 'offset':
      return countedCursor(pages, response.body, call);
    default:
      return pages satisfies never;
  }
}

/** Returns `true` if the cursor is a whole URL. A relative URL is then not a cursor. */
export function hasUrlCursor(pages: Pages): boolean {
  return pages.next === 'url' && pages.isAnyPath === true && pages.cursorForm !== 'path';
}

function linkCursor(
  parameter: string | readonly string[],
  query: URLSearchParams,
): string | number | undefined {
  if (typeof parameter === 'string') return usableCursor(query.get(parameter));
  const name = parameter.find((one) => usableCursor(query.get(one)) !== undefined);
  return name === undefined ? undefined : `${name}=${query.get(name)}`;
}

/**
 * Name and value of the parameter for which a cursor stands if there are several possible
 * parameters. A cursor without one of the names is a value of the last parameter.
 */
export function parameterOf(
  parameters: readonly [string, ...string[]],
  cursor: string,
): readonly [name: string, value: string] {
  const name = parameters.find((one) => cursor.startsWith(`${one}=`));
  return name === undefined
    ? [parameters.at(-1) ?? parameters[0], cursor]
    : [name, cursor.slice(name.length + 1)];
}

function countedCursor(
  pages: Pages & { readonly next: 'page' | 'offset' },
  body: unknown,
  { input, itemCount }: Parameters<typeof nextCursorOf>[2],
): number | undefined {
  const size = Number(input[pages.size] ?? 0);
  const isPage = pages.next === 'page';
  const current = Number(input[pages.cursor] ?? (isPage ? 1 : 0));
  const seen = isPage ? current * size : current + itemCount;
  const total = totalOf(pages, body);
  const maxTotal = pages.next === 'page' ? pages.maxTotal : undefined;
  const isLast =
    itemCount === 0 ||
    (total === undefined ? itemCount < size : seen >= total) ||
    (maxTotal !== undefined && seen + size > maxTotal);
  return isLast ? undefined : isPage ? current + 1 : seen;
}

function usableCursor(value: unknown): string | number | undefined {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
    ? value
    : undefined;
}

/**
 * A link of a response as a URL of the API, that is on the origin of the API and below its base
 * URL.
 * @throws UnusableLinkError
 */
export function ownUrl(baseUrl: string, link: string): URL {
  const base = new URL(baseUrl);
  const url = URL.parse(link, base.href);
  const prefix = base.pathname.replace(/(?<!\/)\/+$/, '');
  const isOwn =
    url !== null &&
    url.origin === base.origin &&
    `${url.username}${url.password}` === '' &&
    url.pathname.startsWith(`${prefix}/`);
  if (!isOwn) throw new UnusableLinkError('links to another host');
  return url;
}

/**
 * The target of the link with the relation `next` (RFC 8288). `undefined`: there is no such link.
 */
function nextLink(header: unknown): string | undefined {
  const text = Array.isArray(header) ? header.join(', ') : header;
  if (typeof text !== 'string') return undefined;
  // A target contains no `<` (RFC 3986 §2). Without this rule, the time would grow with the square
  // of the number of `<`.
  for (const [, target, parameters] of text.matchAll(/<([^<>]*)>((?:\s*;[^,<]*)*)/g)) {
    const [, quoted, bare] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters ?? '') ?? [];
    const isNext = (quoted ?? bare ?? '').split(/\s+/).some((one) => one.toLowerCase() === 'next');
    // Sentry sends a link to a next page in every response, and marks it when the page is empty.
    if (isNext && !/;\s*results\s*=\s*"?false\b/i.test(parameters ?? '')) return target;
  }
  return undefined;
}
