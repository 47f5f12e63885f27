/** Smallest number of rows of a page, and the default. */
export const SMALLEST_PAGE = 25;

/** Sizes of the pages of tables. */
export const PAGE_SIZES = [SMALLEST_PAGE, 50, 100];

/**
 * Reads the size of a page from a URL. Any text that is not one of {@link PAGE_SIZES} selects the
 * smallest.
 */
export function readPageSize(text: string | null): number {
  const size = Number(text);
  return PAGE_SIZES.includes(size) ? size : SMALLEST_PAGE;
}

/** Maximum number of objects that a search of the server can return over all pages. */
const REACHED_BY_SEARCH = 10_000;

/**
 * Reads the number of a page, counted from 1, from a URL. `null` (no parameter) and any text that
 * is not such a number select the first page. A page that the server would refuse becomes the last
 * page that it returns.
 * @param size rows of one page
 */
export function readPageNumber(text: string | null, size: number): number {
  const page = Number(text ?? 1);
  if (!Number.isInteger(page) || page < 1) return 1;
  return Math.min(page, Math.floor(REACHED_BY_SEARCH / size));
}

/**
 * Returns the items of one page. `index` counts from 0; an index after the last page selects the
 * last page.
 */
export function pageOf<T>(
  items: readonly T[],
  { index, size }: { readonly index: number; readonly size: number },
): { readonly items: T[]; readonly index: number } {
  const last = Math.max(0, Math.ceil(items.length / size) - 1);
  const shown = Math.min(index, last);
  return { items: items.slice(shown * size, (shown + 1) * size), index: shown };
}
