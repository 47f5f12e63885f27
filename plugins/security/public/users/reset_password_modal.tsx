import { EuiSpacer } from '@elastic/eui';
import { zodResolver } from '@hookform/resolvers/zod';
import { defineMessages } from '@latchkey/core/public';
import { CheckboxField, ConfirmationDialog, TextField } from '@latchkey/core/public/page_parts';
import { useForm } from 'react-hook-form';
import { FormattedMessage, useIntl } from 'react-intl';
import { z } from 'zod';
import { newPassword } from '../../common/index.ts';
import { formFailure } from '../failure_text.ts';

const messages = defineMessages({
  title: {
    id: 'security.resetPassword.title',
    defaultMessage: 'Reset the password of {username}',
  },
  submit: { id: 'security.resetPassword.submit', defaultMessage: 'Set new password' },
  password: { id: 'security.resetPassword.password', defaultMessage: 'New password' },
  invalid: {
    id: 'security.resetPassword.invalid',
    defaultMessage: 'Enter a password with 6 to 256 characters.',
  },
  endKeys: {
    id: 'security.resetPassword.endKeys',
    defaultMessage: 'Also delete all API keys of the user',
  },
  failed: { id: 'security.resetPassword.failed', defaultMessage: 'The password was not changed' },
});

/** Title of the message when the password was not changed. */
export const passwordNotChanged = messages.failed;

const passwordForm = z.object({
  password: z.string().refine((text) => newPassword.safeParse(text).success, 'password'),
  endsApiKeys: z.boolean(),
});

/** Values of the form. */
export type ResetPasswordValues = z.infer<typeof passwordForm>;

/** Form that gives another user a new password. */
export function ResetPasswordModal(props: {
  readonly username: string;
  /** Failure of the last attempt. `undefined`: none. */
  readonly error: unknown;
  readonly isSaving: boolean;
  readonly onSubmit: (values: ResetPasswordValues) => void;
  readonly onClose: () => void;
}) {
  const { username, error, isSaving, onSubmit, onClose } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const { control, handleSubmit } = useForm<ResetPasswordValues>({
    resolver: zodResolver(passwordForm),
    defaultValues: { password: '', endsApiKeys: false },
  });
  return (
    <ConfirmationDialog
      title={formatMessage(messages.title, { username: <bdi>{username}</bdi> })}
      action={{ label: formatMessage(messages.submit), run: () => void handleSubmit(onSubmit)() }}
      isBusy={isSaving}
      failure={formFailure(intl, messages.failed, error)}
      initialFocus={{ field: 'password' }}
      onClose={onClose}
    >
      <p>
        <FormattedMessage
          id="security.resetPassword.text"
          defaultMessage="This ends all sessions of the user, who signs in with the new password."
        />
      </p>
      <TextField
        name="password"
        control={control}
        kind="password"
        autoComplete="new-password"
        label={formatMessage(messages.password)}
        errorText={() => formatMessage(messages.invalid)}
      />
      <EuiSpacer size="m" />
      <CheckboxField name="endsApiKeys" control={control} label={formatMessage(messages.endKeys)} />
    </ConfirmationDialog>
  );
}
