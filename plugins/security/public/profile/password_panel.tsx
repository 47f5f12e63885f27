import { EuiButton, EuiForm, EuiSpacer } from '@elastic/eui';
import { zodResolver } from '@hookform/resolvers/zod';
import { defineMessages } from '@latchkey/core/public';
import { CheckboxField, FormFailure, TextField } from '@latchkey/core/public/page_parts';
import { useForm } from 'react-hook-form';
import { FormattedMessage, type MessageDescriptor, useIntl } from 'react-intl';
import { formFailure } from '../failure_text.ts';
import { NO_PASSWORD, type PasswordValues, passwordForm } from './password_form.ts';
import { Section } from './section.tsx';

const messages = defineMessages({
  title: { id: 'security.password.title', defaultMessage: 'Password' },
  text: {
    id: 'security.password.text',
    defaultMessage: 'A new password signs you out in all other browsers.',
  },
  current: { id: 'security.password.current', defaultMessage: 'Current password' },
  next: { id: 'security.password.next', defaultMessage: 'New password' },
  repeated: { id: 'security.password.repeated', defaultMessage: 'New password again' },
  endKeys: { id: 'security.password.endKeys', defaultMessage: 'Also delete all my API keys' },
  failed: { id: 'security.password.failed', defaultMessage: 'The password was not changed' },
});

const errorTexts: Readonly<Record<string, MessageDescriptor>> = defineMessages({
  current: {
    id: 'security.password.currentMissing',
    defaultMessage: 'Enter your current password.',
  },
  next: {
    id: 'security.password.nextInvalid',
    defaultMessage: 'Enter a password with 6 to 256 characters.',
  },
  repeated: {
    id: 'security.password.repeatedDiffers',
    defaultMessage: 'Both entries of the new password must be equal.',
  },
  same: {
    id: 'security.password.same',
    defaultMessage: 'Choose another password than the current one.',
  },
});

/** Form with which users change their own password. */
export function PasswordPanel(props: {
  readonly username: string;
  /** Failure of the last attempt to change the password. `undefined`: none. */
  readonly error: unknown;
  readonly isSaving: boolean;
  /** @param onSaved must be called after the change; it clears the form */
  readonly onSubmit: (values: PasswordValues, onSaved: () => void) => void;
}) {
  const { username, error, isSaving, onSubmit } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const { control, handleSubmit, reset } = useForm<PasswordValues>({
    resolver: zodResolver(passwordForm),
    defaultValues: NO_PASSWORD,
  });
  const field = (name: 'current' | 'next' | 'repeated') => (
    <TextField
      name={name}
      control={control}
      kind="password"
      autoComplete={name === 'current' ? 'current-password' : 'new-password'}
      label={formatMessage(messages[name])}
      errorText={(message) => formatMessage(errorTexts[message] ?? messages.failed)}
    />
  );
  return (
    <Section title={formatMessage(messages.title)} text={formatMessage(messages.text)}>
      <EuiForm
        component="form"
        noValidate
        css={{ maxInlineSize: 400 }}
        onSubmit={handleSubmit((values) => onSubmit(values, () => reset(NO_PASSWORD)))}
      >
        <FormFailure failure={formFailure(intl, messages.failed, error)} />
        {/* Password managers read here whose password it is. */}
        <input type="text" autoComplete="username" value={username} readOnly hidden />
        {field('current')}
        {field('next')}
        {field('repeated')}
        <EuiSpacer size="m" />
        <CheckboxField
          name="endsApiKeys"
          control={control}
          label={formatMessage(messages.endKeys)}
        />
        <EuiSpacer size="m" />
        <EuiButton type="submit" isLoading={isSaving}>
          <FormattedMessage id="security.password.submit" defaultMessage="Change password" />
        </EuiButton>
      </EuiForm>
    </Section>
  );
}
