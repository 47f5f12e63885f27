import { defineMessages, useCore } from '@latchkey/core/public';
import { loadedDialog } from '@latchkey/core/public/loaded_part';
import { listFailure } from '@latchkey/core/public/page_parts';
import { useQuery } from '@tanstack/react-query';
import {
  type ReactElement,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { useIntl } from 'react-intl';
import { connectionKeys, overviewQuery, unavailabilities } from '../connection_status/index.ts';
import { errorText, forbiddenText } from '../error_text.ts';
import { type ConnectorsState, ConnectorsView } from './connectors_view.tsx';
import { isFiltered } from './page_state.ts';
import { ChooseRowSite, DisconnectRow } from './row_connection.tsx';
import {
  type ConnectorRow,
  countTypes,
  createConnectorSelection,
  toRows,
} from './select_connectors.ts';
import { useDelete } from './use_delete.ts';
import { usePageState } from './use_page_state.ts';
import { useRowActions } from './use_row_actions.tsx';
import { useRowNotices } from './use_row_notices.tsx';

const messages = defineMessages({
  title: { id: 'connectorsUi.connectors.title', defaultMessage: 'Connectors' },
  created: { id: 'connectorsUi.connectors.created', defaultMessage: '{name} was created' },
  createdText: {
    id: 'connectorsUi.connectors.createdText',
    defaultMessage: 'Connect your own account in the table, or send others the invitation link.',
  },
});

const DeleteDialog = loadedDialog(async () => (await import('./delete_dialog.tsx')).DeleteDialog);
const CreateFlyout = loadedDialog(
  async () => (await import('../connector_flyout/index.ts')).CreateFlyout,
);
const CreateNotAllowed = loadedDialog(
  async () => (await import('../connector_flyout/index.ts')).CreateNotAllowed,
);
const EditFlyout = loadedDialog(
  async () => (await import('../connector_flyout/index.ts')).EditFlyout,
);

/** Page `/app/connectors`. Filters and the open flyout are in the URL. */
export function ConnectorsPage(): ReactElement {
  const intl = useIntl();
  const { application, chrome } = useCore();
  const { openFlyout } = usePageState();
  const title = intl.formatMessage(messages.title);
  useEffect(() => chrome.setTitle(title), [chrome, title]);
  const { state, dialogs } = useConnectorsState();
  const create = useCallback(() => openFlyout({ kind: 'create', typeId: undefined }), [openFlyout]);
  return (
    <>
      <ConnectorsView
        state={state}
        onCreate={application.can('actions:create') ? create : undefined}
      />
      {dialogs}
      <Flyouts />
    </>
  );
}

/** State of the table, and the dialogs that its actions open. */
function useConnectorsState(): { readonly state: ConnectorsState; readonly dialogs: ReactElement } {
  const intl = useIntl();
  const { application, boot, http } = useCore();
  const { query, changeQuery, openFlyout } = usePageState();
  const { data, error, isPending, refetch } = useQuery(overviewQuery(http));
  const rows = useMemo(
    () => data && toRows(data, unavailabilities(boot).ofConnector),
    [data, boot],
  );
  const select = useMemo(() => createConnectorSelection(intl.locale), [intl.locale]);
  const types = useMemo(() => countTypes(rows ?? []), [rows]);
  const [chosenBefore, choose] = useState<readonly ConnectorRow[]>([]);
  const [siteOf, chooseSite] = useState<ConnectorRow>();
  const [disconnecting, disconnect] = useState<ConnectorRow>();
  const deletion = useDelete(() => choose([]));
  const rowActions = useRowActions({
    openFlyout,
    chooseSite,
    disconnect,
    askToDelete: deletion.ask,
  });
  const clearFilters = useCallback(
    () => changeQuery({ text: '', types: [], auth: [], status: [] }),
    [changeQuery],
  );
  const dialogs = (
    <>
      {deletion.dialog === undefined ? null : <DeleteDialog {...deletion.dialog} />}
      {siteOf === undefined ? null : (
        <ChooseRowSite row={siteOf} onClose={() => chooseSite(undefined)} />
      )}
      {disconnecting === undefined ? null : (
        <DisconnectRow row={disconnecting} onClose={() => disconnect(undefined)} />
      )}
    </>
  );
  // The search field shows each letter immediately. The rows follow in a deferred render, which the
  // next letter interrupts.
  const shownQuery = useDeferredValue(query);
  const selected = useMemo(() => select(rows ?? [], shownQuery), [select, rows, shownQuery]);
  const chosen = useMemo(() => {
    const ids = new Set(chosenBefore.map(({ id }) => id));
    return selected.rows.filter(({ id }) => ids.has(id));
  }, [chosenBefore, selected]);
  const notices = useRowNotices(selected.rows);
  if (rows === undefined) {
    if (isPending) return { state: { status: 'loading' }, dialogs };
    const message = data?.isForbidden === true ? forbiddenText(intl) : errorText(intl, error);
    return { state: { status: 'failed', message, onRetry: () => void refetch() }, dialogs };
  }
  if (rows.length === 0 && !isFiltered(query)) return { state: { status: 'empty' }, dialogs };
  const state: ConnectorsState = {
    status: 'ready',
    outdated: listFailure({ data, error, refetch }, (each) => errorText(intl, each)).outdated,
    filters: { query, types, onChange: changeQuery },
    isStatusKnown: data?.connections !== undefined,
    onDeleteChosen: () => deletion.ask(chosen),
    onRetryStatus: () => void refetch(),
    table: {
      ...rowActions,
      selected,
      notices,
      query: shownQuery,
      onQuery: changeQuery,
      onClearFilters: clearFilters,
      chosen,
      onChoose: application.can('actions:delete') ? choose : undefined,
    },
  };
  return { state, dialogs };
}

/** The open flyout. The code of flyouts is loaded when the first one opens. */
function Flyouts(): ReactElement | null {
  const { formatMessage } = useIntl();
  const { application, feedback, queryClient } = useCore();
  const { flyout, openFlyout } = usePageState();
  const close = () => openFlyout(undefined);
  if (flyout === undefined) return null;
  // A link to the form for a new connector shows a notice to users who may not create connectors.
  if (flyout.kind === 'create' && !application.can('actions:create')) {
    return <CreateNotAllowed onClose={close} />;
  }
  return flyout.kind === 'create' ? (
    <CreateFlyout
      typeId={flyout.typeId}
      onChooseType={(typeId) => openFlyout({ kind: 'create', typeId })}
      onClose={close}
      onCreated={async ({ id, name, isConnecting }) => {
        await queryClient.invalidateQueries({ queryKey: connectionKeys.all });
        if (isConnecting) return openFlyout({ kind: 'edit', id, tab: 'test' });
        feedback.toast({
          color: 'success',
          title: formatMessage(messages.created, { name }),
          text: formatMessage(messages.createdText),
        });
        close();
      }}
    />
  ) : (
    <EditFlyout
      connectorId={flyout.id}
      tab={flyout.tab}
      onTab={(tab) => openFlyout({ kind: 'edit', id: flyout.id, tab })}
      onClose={close}
    />
  );
}
