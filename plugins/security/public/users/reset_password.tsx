import { defineMessages, useCore } from '@latchkey/core/public';
import { useMutation } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { changePassword } from '../../common/index.ts';
import { ResetPasswordModal, type ResetPasswordValues } from './reset_password_modal.tsx';

const messages = defineMessages({
  done: { id: 'security.resetPassword.done', defaultMessage: 'Password of {username} changed' },
});

/** Dialog that gives another user a new password. */
export function ResetPassword(props: { readonly username: string; readonly onClose: () => void }) {
  const { username, onClose } = props;
  const { formatMessage } = useIntl();
  const { http, feedback } = useCore();
  const { mutate, error, isPending } = useMutation({
    mutationFn: ({ password, endsApiKeys }: ResetPasswordValues) =>
      http.call(changePassword, {
        params: { username },
        body: { newPassword: password, invalidateApiKeys: endsApiKeys },
      }),
    onSuccess: () => {
      feedback.toast({ title: formatMessage(messages.done, { username }), color: 'success' });
      onClose();
    },
  });
  return (
    <ResetPasswordModal
      username={username}
      error={error}
      isSaving={isPending}
      onSubmit={mutate}
      onClose={onClose}
    />
  );
}
