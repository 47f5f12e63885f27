import { useCallback, useLayoutEffect, useMemo, useRef } from 'react';
import { useSearchParams } from 'react-router';
import { type OpenFlyout, type PageState, readPageState, writePageState } from './page_state.ts';
import type { TableQuery } from './select_connectors.ts';

/**
 * State of the page, which is in the URL, with functions that change it. The functions stay the
 * same, so that a change of the URL does not render every row again.
 */
export function usePageState(): PageState & {
  /** Changes filters. Replaces the entry of the history, and goes to the first page. */
  readonly changeQuery: (changes: Partial<TableQuery>) => void;
  /**
   * Opens or closes a flyout. Adds an entry to the history, so that going back closes the flyout.
   */
  readonly openFlyout: (flyout: OpenFlyout | undefined) => void;
} {
  const [params, setParams] = useSearchParams();
  // A ref, because the router returns another function after each change of the URL.
  const latest = useRef(setParams);
  useLayoutEffect(() => {
    latest.current = setParams;
  }, [setParams]);
  const state = useMemo(() => readPageState(params), [params]);
  const changeQuery = useCallback(
    (changes: Partial<TableQuery>) =>
      latest.current(
        (current) => {
          const { query, flyout } = readPageState(current);
          return writePageState({ query: { ...query, page: 0, ...changes }, flyout });
        },
        { replace: true },
      ),
    [],
  );
  const openFlyout = useCallback(
    (flyout: OpenFlyout | undefined) =>
      latest.current((current) => writePageState({ ...readPageState(current), flyout })),
    [],
  );
  return { ...state, changeQuery, openFlyout };
}
