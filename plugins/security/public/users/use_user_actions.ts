import { defineMessages, useCore } from '@latchkey/core/public';
import { useQueryClient } from '@tanstack/react-query';
import { createElement } from 'react';
import { useIntl } from 'react-intl';
import { deleteUser, disableUser, enableUser } from '../../common/index.ts';
import { failureOf } from '../failure_text.ts';
import { securityKeys } from '../security_queries.ts';
import type { UserView } from './user_form.ts';

const messages = defineMessages({
  disableTitle: { id: 'security.users.disableTitle', defaultMessage: 'Disable user {name}?' },
  disableText: {
    id: 'security.users.disableText',
    defaultMessage:
      'The user is signed out, cannot sign in, and their API keys do not work. Their authorizations of connectors are ended. You can enable the user again, but the user must then authorize connectors again.',
  },
  disableConfirm: { id: 'security.users.disableConfirm', defaultMessage: 'Disable user' },
  disabled: { id: 'security.users.disabledToast', defaultMessage: 'User {name} disabled' },
  enabled: { id: 'security.users.enabledToast', defaultMessage: 'User {name} enabled' },
  notChanged: {
    id: 'security.users.notChangedToast',
    defaultMessage: 'User {name} was not changed',
  },
  deleteTitle: { id: 'security.users.deleteTitle', defaultMessage: 'Delete user {name}?' },
  deleteText: {
    id: 'security.users.deleteText',
    defaultMessage:
      'The user is signed out. Their API keys are deleted and their authorizations of connectors are ended. This cannot be undone.',
  },
  deleteConfirm: { id: 'security.users.deleteConfirm', defaultMessage: 'Delete user' },
  deleted: { id: 'security.users.deletedToast', defaultMessage: 'User {name} deleted' },
  notDeleted: {
    id: 'security.users.notDeletedToast',
    defaultMessage: 'User {name} was not deleted',
  },
});

const TEXTS = {
  disable: {
    title: messages.disableTitle,
    text: messages.disableText,
    confirm: messages.disableConfirm,
    done: messages.disabled,
    failed: messages.notChanged,
  },
  delete: {
    title: messages.deleteTitle,
    text: messages.deleteText,
    confirm: messages.deleteConfirm,
    done: messages.deleted,
    failed: messages.notDeleted,
  },
} as const;

/** Disables, enables and deletes users. Asks first if the user would lose something. */
export function useUserActions(): {
  readonly setEnabled: (user: UserView, enabled: boolean) => Promise<void>;
  readonly remove: (user: UserView) => Promise<void>;
} {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  const listAgain = () => queryClient.invalidateQueries({ queryKey: securityKeys.users() });
  const setEnabled = (username: string, enabled: boolean) =>
    http.call(enabled ? enableUser : disableUser, { params: { username } });
  /**
   * Asks the administrator to confirm, does the work and reports the result. The dialog shows a
   * failure.
   */
  const confirm = async (
    kind: 'disable' | 'delete',
    name: string,
    work: () => Promise<unknown>,
  ): Promise<void> => {
    const texts = TEXTS[kind];
    const isDone = await feedback.confirm({
      title: formatMessage(texts.title, { name: createElement('bdi', {}, name) }),
      text: formatMessage(texts.text),
      confirmLabel: formatMessage(texts.confirm),
      color: 'danger',
      action: {
        run: async () => {
          await work();
        },
        failureOf: failureOf(intl, texts.failed, { name }),
      },
    });
    if (isDone) feedback.toast({ title: formatMessage(texts.done, { name }), color: 'success' });
    await listAgain();
  };
  const enable = async (name: string): Promise<void> => {
    try {
      await setEnabled(name, true);
      feedback.toast({ title: formatMessage(messages.enabled, { name }), color: 'success' });
    } catch (error) {
      feedback.toast({ ...failureOf(intl, messages.notChanged, { name })(error), color: 'danger' });
    }
    await listAgain();
  };
  return {
    setEnabled: ({ username }, enabled) =>
      enabled ? enable(username) : confirm('disable', username, () => setEnabled(username, false)),
    remove: ({ username }) =>
      confirm('delete', username, () => http.call(deleteUser, { params: { username } })),
  };
}
