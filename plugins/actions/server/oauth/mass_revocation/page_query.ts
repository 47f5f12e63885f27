import { z } from 'zod';

/** The search limit of every store. */
const MAX_SHOWN = 10_000;

/** The page of a list to show. */
export const pageQuery = {
  page: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_SHOWN)
    .default(1)
    .describe(`The pages show the first ${MAX_SHOWN}; those beyond are empty.`),
  per_page: z.coerce.number().int().min(1).max(100).default(20),
};

/**
 * The page to request from the store. Beyond the last page that can be shown, only the total is
 * requested.
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
