import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** New values of search parameters; `undefined` removes one. */
type Changes = Readonly<Record<string, string | undefined>>;

/**
 * Returns the search parameters of the page, which contain its filters, page number and open
 * flyout, and a function that changes some of them.
 */
export function usePageParams(): readonly [
  URLSearchParams,
  (changes: Changes, options?: { readonly replace?: boolean }) => void,
] {
  const [params, setParams] = useSearchParams();
  const change = useCallback(
    (changes: Changes, { replace = false }: { readonly replace?: boolean } = {}) => {
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            if (value === undefined || value === '') after.delete(name);
            else after.set(name, value);
          }
          return after;
        },
        { replace },
      );
    },
    [setParams],
  );
  return [params, change];
}
