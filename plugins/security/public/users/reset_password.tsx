import { defineMessages, useCore } from '@latchkey/core/public';
import { useDialogResult, useSingleMutation } from '@latchkey/core/public/page_parts';
import { useIntl } from 'react-intl';
import { changePassword } from '../../common/index.ts';
import { failureOf } from '../failure_text.ts';
import {
  passwordNotChanged,
  ResetPasswordModal,
  type ResetPasswordValues,
} from './reset_password_modal.tsx';

const messages = defineMessages({
  done: { id: 'security.resetPassword.done', defaultMessage: 'Password of {username} changed' },
});

/** Dialog that gives another user a new password. */
export function ResetPassword(props: { readonly username: string; readonly onClose: () => void }) {
  const { username } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const dialog = useDialogResult();
  const close = () => {
    dialog.close();
    props.onClose();
  };
  const { http, feedback } = useCore();
  const { mutate, error, isPending } = useSingleMutation({
    mutationFn: ({ password, endsApiKeys }: ResetPasswordValues) =>
      http.call(changePassword, {
        params: { username },
        body: { newPassword: password, invalidateApiKeys: endsApiKeys },
      }),
    onMutate: () => dialog.begin(),
    onError: (failure, _, run) =>
      run?.show({ toast: { ...failureOf(intl, passwordNotChanged)(failure), color: 'danger' } }),
    onSuccess: (_, __, run) => {
      feedback.toast({ title: formatMessage(messages.done, { username }), color: 'success' });
      if (run.isOpen()) close();
    },
  });
  return (
    <ResetPasswordModal
      username={username}
      error={error}
      isSaving={isPending}
      onSubmit={mutate}
      onClose={close}
    />
  );
}
