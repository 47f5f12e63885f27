import { MAX_SHOWN } from '../../../common/index.ts';

/**
 * Returns the page to request from the store. For a page beyond {@link MAX_SHOWN}, a minimal page
 * is requested, which only serves to get the total.
 */
export function shownPage(query: { readonly page: number; readonly per_page: number }): {
  readonly isShown: boolean;
  readonly page: number;
  readonly perPage: number;
} {
  const isShown = query.page * query.per_page <= MAX_SHOWN;
  return isShown
    ? { isShown, page: query.page, perPage: query.per_page }
    : { isShown, page: 1, perPage: 1 };
}
