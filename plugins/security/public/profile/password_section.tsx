import { defineMessages, useCore } from '@latchkey/core/public';
import { useSingleMutation } from '@latchkey/core/public/page_parts';
import { useQueryClient } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { changePassword } from '../../common/index.ts';
import { securityKeys } from '../security_queries.ts';
import type { PasswordValues } from './password_form.ts';
import { PasswordPanel } from './password_panel.tsx';

const messages = defineMessages({
  changed: { id: 'security.password.changed', defaultMessage: 'Password changed' },
});

/** Section in which users change their own password. */
export function PasswordSection() {
  const { formatMessage } = useIntl();
  const { http, boot, feedback } = useCore();
  const queryClient = useQueryClient();
  const { mutate, error, isPending } = useSingleMutation({
    mutationFn: ({ current, next, endsApiKeys }: PasswordValues) =>
      http.call(changePassword, {
        params: { username: boot.user.username },
        body: { password: current, newPassword: next, invalidateApiKeys: endsApiKeys },
      }),
    onSuccess: async () => {
      feedback.toast({ title: formatMessage(messages.changed), color: 'success' });
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: securityKeys.sessions() }),
        queryClient.invalidateQueries({ queryKey: securityKeys.apiKeys() }),
      ]);
    },
  });
  return (
    <PasswordPanel
      username={boot.user.username}
      error={error}
      isSaving={isPending}
      onSubmit={(values, onSaved) => mutate(values, { onSuccess: onSaved })}
    />
  );
}
