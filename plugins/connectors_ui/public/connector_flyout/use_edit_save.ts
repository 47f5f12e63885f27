import { getConnectorForm } from '@latchkey/actions-plugin/common';
import { defineMessages, useCore } from '@latchkey/core/public';
import { useIntl } from 'react-intl';
import { connectionKeys } from '../connection_status/index.ts';
import { connectorKeys, type ConnectorFormBody as StoredForm } from '../connector_data/index.ts';
import {
  type ConnectorForm,
  type ConnectorFormState,
  changedConnectorInput,
  overwritingConnectorInput,
} from '../connector_form/index.ts';
import type { SavedConnector } from './save_connector.ts';
import { type Draft, type SaveState, useSave } from './use_save.ts';

const messages = defineMessages({
  saved: { id: 'connectorsUi.edit.saved', defaultMessage: '{name} was saved' },
  disconnected: {
    id: 'connectorsUi.edit.disconnected',
    defaultMessage: '{count, plural, one {# user has} other {# users have}} to connect again.',
  },
});

/** Saving of the form of an existing connector. */
export interface EditSave extends Omit<SaveState, 'save'> {
  readonly draft: Draft;
  /** Saves the form, unless another user has changed the connector after the form was opened. */
  readonly submit: () => void;
  /** Saves the form and replaces the changes of another user. */
  readonly overwrite: () => void;
  /** Discards the input and loads the stored values. */
  readonly reload: () => void;
}

/** Saves changes of a connector, and reads everything again that depends on it. */
export function useEditSave(options: {
  readonly connectorId: string;
  readonly form: ConnectorForm;
  /** Values and version with which the form was opened. */
  readonly stored: StoredForm;
  readonly state: ConnectorFormState;
  readonly onDirty: (isDirty: boolean) => void;
  readonly onSaved: (saved: { readonly id: string; readonly name: string }) => void;
  readonly onReload: () => void;
}): EditSave {
  const { connectorId, form, stored, state, onDirty, onSaved, onReload } = options;
  const { formatMessage } = useIntl();
  const { feedback, http, queryClient } = useCore();
  const draft: Draft = {
    target: { id: connectorId, version: stored.version },
    toInput: (values) => changedConnectorInput(form, values, stored),
  };
  const { save, ...saving } = useSave({ ...draft, state });
  const showSaved = (saved: SavedConnector): void => {
    const count = disconnectedUsers(saved);
    feedback.toast({
      color: count > 0 ? 'warning' : 'success',
      title: formatMessage(messages.saved, { name: saved.name }),
      ...(count > 0 ? { text: formatMessage(messages.disconnected, { count }) } : {}),
    });
  };
  const submit = async (readDraft?: () => Promise<Draft>) => {
    const saved = await save(readDraft);
    if (saved === undefined) return;
    onDirty(false);
    showSaved(saved);
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: connectorKeys.one(connectorId) }),
      queryClient.invalidateQueries({ queryKey: connectionKeys.all }),
    ]);
    // Reading the new values has failed. The form must not keep the old values, because no save can
    // replace their version.
    if (queryClient.getQueryState(connectorKeys.form(connectorId))?.isInvalidated === true)
      await queryClient.resetQueries({ queryKey: connectorKeys.form(connectorId) });
    onSaved({ id: saved.id, name: saved.name });
  };
  const readOverwritingDraft = async (): Promise<Draft> => {
    const now = await http.call(getConnectorForm, { params: { id: connectorId } });
    return {
      target: { id: connectorId, version: now.version },
      toInput: (values) => overwritingConnectorInput(form, values, { opened: stored, stored: now }),
    };
  };
  return {
    ...saving,
    draft,
    submit: () => void submit(),
    overwrite: () => void submit(readOverwritingDraft),
    reload: () => {
      onDirty(false);
      void queryClient.resetQueries({ queryKey: connectorKeys.form(connectorId) });
      void queryClient.invalidateQueries({ queryKey: connectionKeys.all });
      onReload();
    },
  };
}

const disconnectedUsers = (saved: SavedConnector): number =>
  'disconnected_users' in saved ? (saved.disconnected_users ?? 0) : 0;
