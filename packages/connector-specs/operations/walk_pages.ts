import { ConnectorActionError } from '../contract/errors.ts';
import type { ActionContext } from '../contract/types.ts';
import { isTemporaryFailure } from './send.ts';

type Cursor = string | number | undefined;

/** How the pages of a list are read. */
interface Walk<P> {
  /** Name of the API in error messages. */
  readonly name: string;
  /** Cursor of the first page to read. */
  readonly cursor: Cursor;
  readonly maxPages: number;
  readonly read: (cursor: Cursor) => Promise<P>;
}

/**
 * Reads the pages of a list one after the other. A temporary failure after the first page ends the
 * list: the page before then has the cursor of the page that failed.
 * @throws ConnectorActionError `unexpected_response` for a cursor that occurred before; errors of
 *   `read`
 */
export async function* walkPages<P extends { readonly nextCursor?: Cursor }>(
  { signal }: Pick<ActionContext, 'signal'>,
  { name, cursor, maxPages, read }: Walk<P>,
): AsyncGenerator<P, void> {
  const seen = new Set([cursor]);
  let next = cursor;
  for (let number = 1; ; number += 1) {
    const page = await read(next).catch((error: unknown) => {
      if (number === 1 || signal.aborted || !isTemporaryFailure(error)) throw error;
    });
    if (page === undefined) return;
    yield page;
    next = page.nextCursor;
    if (next === undefined || number >= maxPages) return;
    if (seen.has(next)) {
      const problem = `the response of ${name} repeats the same page`;
      throw new ConnectorActionError('unexpected_response', problem);
    }
    seen.add(next);
  }
}

/** A page of a list whose items are in the field `N`. */
type PageOf<T, N extends string> = { readonly [K in N]: readonly T[] } & {
  readonly nextCursor?: Cursor;
};

/** The result of {@link findInPages}. */
export interface FoundInPages<T> {
  /** The item. `undefined`: it is on none of the pages that were read. */
  readonly item: T | undefined;
  readonly pagesRead: number;
  /** Cursor of the first page that was not read. `undefined`: all pages were read. */
  readonly nextCursor: string | undefined;
}

/**
 * Finds an item in a list whose API cannot search for it. Reads page by page until a page has the
 * item.
 * @param walk.items name of the field of a page with its items
 * @throws errors of {@link walkPages}
 */
export async function findInPages<T, const N extends string>(
  context: Pick<ActionContext, 'signal'>,
  {
    items,
    isWanted,
    read,
    ...walk
  }: Omit<Walk<unknown>, 'read'> & {
    readonly items: N;
    readonly read: (cursor: string | undefined) => Promise<PageOf<T, N>>;
    readonly isWanted: (item: T) => boolean;
  },
): Promise<FoundInPages<T>> {
  const pages = walkPages(context, { ...walk, read: (cursor) => read(textOfCursor(cursor)) });
  let pagesRead = 0;
  let next: Cursor;
  for await (const page of pages) {
    pagesRead += 1;
    next = page.nextCursor;
    const item = page[items].find(isWanted);
    if (item !== undefined) return { item, pagesRead, nextCursor: textOfCursor(next) };
  }
  return { item: undefined, pagesRead, nextCursor: textOfCursor(next) };
}

function textOfCursor(cursor: Cursor): string | undefined {
  return cursor === undefined ? undefined : String(cursor);
}
