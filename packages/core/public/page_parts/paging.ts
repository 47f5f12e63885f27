/** Smallest number of rows of a page, and the default. */
export const SMALLEST_PAGE = 25;

/** Sizes of the pages of tables. */
export const PAGE_SIZES = [SMALLEST_PAGE, 50, 100];

/** Size of a page, as in a URL. Anything but one of {@link PAGE_SIZES} gives the smallest. */
export function readPageSize(text: string | null): number {
  const size = Number(text);
  return PAGE_SIZES.includes(size) ? size : SMALLEST_PAGE;
}

/** Objects that a search of the server reaches. */
const REACHED_BY_SEARCH = 10_000;

/**
 * Number of a page from 1, as in a URL. Anything but a number gives the first page. Pages that the
 * server refuses give the last one that it reads.
 */
export function readPageNumber(text: string | null, size: number): number {
  const page = Number(text ?? 1);
  if (!Number.isInteger(page) || page < 1) return 1;
  return Math.min(page, Math.floor(REACHED_BY_SEARCH / size));
}

/** Items of one page. `index` counts from 0; a page after the last one gives the last page. */
export function pageOf<T>(
  items: readonly T[],
  { index, size }: { readonly index: number; readonly size: number },
): { readonly items: T[]; readonly index: number } {
  const last = Math.max(0, Math.ceil(items.length / size) - 1);
  const shown = Math.min(index, last);
  return { items: items.slice(shown * size, (shown + 1) * size), index: shown };
}
