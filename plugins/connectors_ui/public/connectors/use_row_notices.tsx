import { type ReactNode, useCallback, useMemo, useSyncExternalStore } from 'react';
import { type Services, useServices } from '../services.ts';
import { RowNotice } from './row_connection.tsx';
import type { ConnectorRow } from './select_connectors.ts';

/**
 * `true`: the row needs a notice. The button shows that an attempt starts, and the status of the
 * row that it succeeded.
 */
function needsNotice(state: ReturnType<Services['attempts']['get']>): boolean {
  switch (state.status) {
    case 'idle':
    case 'starting':
      return false;
    case 'succeeded':
      return state.accountChanged;
    default:
      return true;
  }
}

/** Notices below rows whose authorization runs or has just ended, by id of the connector. */
export function useRowNotices(rows: readonly ConnectorRow[]): Readonly<Record<string, ReactNode>> {
  const { attempts } = useServices();
  // A text, because a snapshot must be the same value until something changes.
  const getActive = useCallback(
    () =>
      rows
        .filter(({ id }) => needsNotice(attempts.get(id)))
        .map(({ id }) => id)
        .join('\n'),
    [attempts, rows],
  );
  const active = useSyncExternalStore(attempts.subscribe, getActive);
  return useMemo(() => {
    const ids = new Set(active.split('\n'));
    return Object.fromEntries(
      rows
        .filter(({ id }) => ids.has(id))
        .map((row) => [row.id, <RowNotice key={row.id} row={row} />]),
    );
  }, [active, rows]);
}
