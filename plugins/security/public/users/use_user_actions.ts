import { defineMessages, useCore } from '@latchkey/core/public';
import { useQueryClient } from '@tanstack/react-query';
import { type MessageDescriptor, useIntl } from 'react-intl';
import { deleteUser, disableUser, enableUser } from '../../common/index.ts';
import { failureText } from '../failure_text.ts';
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

/** Disables, enables and deletes users. Asks before anything that the user would lose. */
export function useUserActions(): {
  readonly setEnabled: (user: UserView, enabled: boolean) => Promise<void>;
  readonly remove: (user: UserView) => Promise<void>;
} {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  const run = async (
    name: string,
    work: () => Promise<unknown>,
    texts: { readonly done: MessageDescriptor; readonly failed: MessageDescriptor },
  ) => {
    try {
      await work();
      feedback.toast({ title: formatMessage(texts.done, { name }), color: 'success' });
    } catch (error) {
      const title = formatMessage(texts.failed, { name });
      feedback.toast({ title, text: failureText(intl, error), color: 'danger' });
    }
    await queryClient.invalidateQueries({ queryKey: securityKeys.users() });
  };
  const ask = (kind: 'disable' | 'delete', name: string) =>
    feedback.confirm({
      title: formatMessage(messages[`${kind}Title`], { name }),
      text: formatMessage(messages[`${kind}Text`]),
      confirmLabel: formatMessage(messages[`${kind}Confirm`]),
      color: 'danger',
    });
  return {
    setEnabled: async ({ username }, enabled) => {
      if (!enabled && !(await ask('disable', username))) return;
      await run(
        username,
        () => http.call(enabled ? enableUser : disableUser, { params: { username } }),
        { done: enabled ? messages.enabled : messages.disabled, failed: messages.notChanged },
      );
    },
    remove: async ({ username }) => {
      if (!(await ask('delete', username))) return;
      await run(username, () => http.call(deleteUser, { params: { username } }), {
        done: messages.deleted,
        failed: messages.notDeleted,
      });
    },
  };
}
