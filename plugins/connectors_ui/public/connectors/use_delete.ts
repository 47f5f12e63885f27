import { deleteConnector } from '@latchkey/actions-plugin/common';
import {
  defineMessages,
  HttpClientError,
  PROVIDER_TIMEOUT_MS,
  useCore,
} from '@latchkey/core/public';
import { useDialogResult } from '@latchkey/core/public/page_parts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useIntl } from 'react-intl';
import { useUsesOfConnectors } from '../connection_controls/index.ts';
import { connectionKeys } from '../connection_status/index.ts';
import { connectorKeys, userCountsQuery } from '../connector_data/index.ts';
import type { DeleteDialogProps } from './delete_dialog.tsx';
import { type DeletePhase, failedPhase } from './delete_phase.ts';
import type { ConnectorRow } from './select_connectors.ts';

const messages = defineMessages({
  deletedOne: { id: 'connectorsUi.delete.deletedOne', defaultMessage: '{name} was deleted' },
  deletedMany: {
    id: 'connectorsUi.delete.deletedMany',
    defaultMessage: '{count, plural, one {# connector was} other {# connectors were}} deleted',
  },
});

/** The most connectors whose uses are read before they are deleted together. */
const MAX_READ_USES = 10;

/** State of a deletion of connectors, from the dialog that asks to the message about the result. */
export function useDelete(onDeleted: (ids: readonly string[]) => void): {
  readonly ask: (rows: readonly ConnectorRow[]) => void;
  /** Properties of the dialog. `undefined`: the dialog is closed. */
  readonly dialog: DeleteDialogProps | undefined;
} {
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  const intl = useIntl();
  const { formatMessage } = intl;
  const [rows, setRows] = useState<readonly ConnectorRow[]>([]);
  const [phase, setPhase] = useState<DeletePhase>({ status: 'asking' });
  const users = useUsers(rows);
  // Each connector is one request. The uses of many are not read.
  const known = rows.length > MAX_READ_USES ? [] : rows.map(({ id }) => id);
  const uses = useUsesOfConnectors(known);

  const opened = useDialogResult();
  const ask = useCallback(
    (asked: readonly ConnectorRow[]) => {
      opened.open();
      setPhase({ status: 'asking' });
      setRows(asked);
    },
    [opened],
  );
  const close = () => {
    opened.close();
    setRows([]);
    setPhase({ status: 'asking' });
  };
  const confirm = async ({ force }: { readonly force: boolean }) => {
    const deleted: string[] = [];
    const dialog = opened.begin();
    for (const row of rows) {
      if (dialog.isOpen()) setPhase({ status: 'deleting', done: deleted.length });
      try {
        await http.call(deleteConnector, {
          params: { id: row.id },
          timeoutMs: PROVIDER_TIMEOUT_MS,
          query: force ? { force: 'true' } : {},
        });
      } catch (error) {
        if (!isGone(error)) {
          const failed = failedPhase(intl, row.name, error);
          await finish(deleted, { mayHaveMore: true });
          dialog.show({
            inDialog: () => {
              setRows(rows.filter(({ id }) => !deleted.includes(id)));
              setPhase(failed);
            },
            toast: { ...failed.failure, color: 'danger' },
          });
          return;
        }
      }
      deleted.push(row.id);
    }
    await finish(deleted);
    const [first] = rows;
    feedback.toast({
      color: 'success',
      title:
        rows.length === 1
          ? formatMessage(messages.deletedOne, { name: first?.name })
          : formatMessage(messages.deletedMany, { count: rows.length }),
    });
    if (dialog.isOpen()) close();
  };
  const finish = async (deleted: readonly string[], { mayHaveMore = false } = {}) => {
    if (deleted.length === 0 && !mayHaveMore) return;
    if (deleted.length > 0) onDeleted(deleted);
    await queryClient.invalidateQueries({ queryKey: connectionKeys.all });
  };

  return {
    ask,
    dialog:
      rows.length === 0
        ? undefined
        : {
            connectors: rows,
            users,
            uses,
            phase,
            onConfirm: (options) => void confirm(options),
            onClose: close,
          },
  };
}

/** Number of users of all chosen connectors. A connector with a service account has none. */
function useUsers(rows: readonly ConnectorRow[]): DeleteDialogProps['users'] {
  const { http } = useCore();
  const queryClient = useQueryClient();
  const ids = rows.filter(({ authMode }) => authMode === 'per-user').map(({ id }) => id);
  const { data, isError } = useQuery({
    queryKey: connectorKeys.usersOfAll(ids),
    queryFn: async () => {
      const counts = await Promise.all(
        ids.map((id) => queryClient.fetchQuery(userCountsQuery(http, id))),
      );
      return counts.reduce((sum, { users }) => sum + users, 0);
    },
  });
  return isError ? 'unknown' : data;
}

/**
 * Returns `true` if a connector no longer exists: another administrator has deleted it, or a
 * request whose response was lost.
 */
const isGone = (error: unknown): boolean =>
  error instanceof HttpClientError && error.status === 404;
