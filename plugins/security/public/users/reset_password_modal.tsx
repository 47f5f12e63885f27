import {
  EuiButton,
  EuiButtonEmpty,
  EuiCheckbox,
  EuiForm,
  EuiModal,
  EuiModalBody,
  EuiModalFooter,
  EuiModalHeader,
  EuiModalHeaderTitle,
  EuiSpacer,
  EuiText,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { zodResolver } from '@hookform/resolvers/zod';
import { defineMessages } from '@latchkey/core/public';
import { FormFailure, TextField } from '@latchkey/core/public/page_parts';
import { Controller, useForm } from 'react-hook-form';
import { FormattedMessage, useIntl } from 'react-intl';
import { z } from 'zod';
import { newPassword } from '../../common/index.ts';
import { formFailure } from '../failure_text.ts';

const messages = defineMessages({
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

const passwordForm = z.object({
  password: z.string().refine((text) => newPassword.safeParse(text).success, 'password'),
  endsApiKeys: z.boolean(),
});

/** Values of the form. */
export type ResetPasswordValues = z.infer<typeof passwordForm>;

/** Form that gives another user a new password. */
export function ResetPasswordModal(props: {
  readonly username: string;
  /** Failure of the last attempt. */
  readonly error: unknown;
  readonly isSaving: boolean;
  readonly onSubmit: (values: ResetPasswordValues) => void;
  readonly onClose: () => void;
}) {
  const { username, error, isSaving, onSubmit, onClose } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const titleId = useGeneratedHtmlId();
  const formId = useGeneratedHtmlId();
  const checkboxId = useGeneratedHtmlId();
  const { control, handleSubmit } = useForm<ResetPasswordValues>({
    resolver: zodResolver(passwordForm),
    defaultValues: { password: '', endsApiKeys: false },
  });
  return (
    <EuiModal aria-labelledby={titleId} initialFocus="[name=password]" onClose={onClose}>
      <EuiModalHeader>
        <EuiModalHeaderTitle id={titleId}>
          <FormattedMessage
            id="security.resetPassword.title"
            defaultMessage="Reset the password of {username}"
            values={{ username }}
          />
        </EuiModalHeaderTitle>
      </EuiModalHeader>
      <EuiModalBody>
        <FormFailure failure={formFailure(intl, messages.failed, error)} />
        <EuiText size="s">
          <p>
            <FormattedMessage
              id="security.resetPassword.text"
              defaultMessage="This ends all sessions of the user, who signs in with the new password."
            />
          </p>
        </EuiText>
        <EuiSpacer size="m" />
        <EuiForm
          fullWidth
          id={formId}
          component="form"
          noValidate
          onSubmit={handleSubmit(onSubmit)}
        >
          <TextField
            name="password"
            control={control}
            kind="password"
            autoComplete="new-password"
            label={formatMessage(messages.password)}
            errorText={() => formatMessage(messages.invalid)}
          />
          <EuiSpacer size="m" />
          <Controller
            name="endsApiKeys"
            control={control}
            render={({ field: { value, onChange } }) => (
              <EuiCheckbox
                id={checkboxId}
                label={formatMessage(messages.endKeys)}
                checked={value}
                onChange={({ target }) => onChange(target.checked)}
              />
            )}
          />
        </EuiForm>
      </EuiModalBody>
      <EuiModalFooter>
        <EuiButtonEmpty onClick={onClose}>
          <FormattedMessage id="security.flyout.cancel" defaultMessage="Cancel" />
        </EuiButtonEmpty>
        <EuiButton fill type="submit" form={formId} isLoading={isSaving}>
          <FormattedMessage id="security.resetPassword.submit" defaultMessage="Set new password" />
        </EuiButton>
      </EuiModalFooter>
    </EuiModal>
  );
}
