import { type ReactNode, useCallback, useMemo, useSyncExternalStore } from 'react';
import { type Services, useServices } from '../services.ts';
import { RowNotice } from './row_connection.tsx';
import type { ConnectorRow } from './select_connectors.ts';

/**
 * `true`: the row needs a notice. A start needs none, because the button shows it; nor does a
 * success, because the status of the row shows it.
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

/**
 * Notices for rows whose authorization is in progress or has just ended, by id of the connector.
 */
export function useRowNotices(rows: readonly ConnectorRow[]): Readonly<Record<string, ReactNode>> {
  const { attempts } = useServices();
  // A text, because the snapshot of a store must be an equal value until something changes.
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
