import { EuiComboBox, EuiFormRow } from '@elastic/eui';
import { zodResolver } from '@hookform/resolvers/zod';
import { defineMessages, isStaleVersion, useLeaveGuard } from '@latchkey/core/public';
import {
  FormFlyout,
  type FormSaveOptions,
  StaleFormNotice,
  TextField,
} from '@latchkey/core/public/page_parts';
import { Controller, useForm } from 'react-hook-form';
import { type MessageDescriptor, useIntl } from 'react-intl';
import { formFailure } from '../failure_text.ts';
import {
  type EditedUser,
  existingUserForm,
  newUserForm,
  type UserValues,
  userValues,
} from './user_form.ts';

const messages = defineMessages({
  createTitle: { id: 'security.userFlyout.createTitle', defaultMessage: 'Create user' },
  editTitle: { id: 'security.userFlyout.editTitle', defaultMessage: 'Edit user {name}' },
  create: { id: 'security.userFlyout.create', defaultMessage: 'Create user' },
  save: { id: 'security.userFlyout.save', defaultMessage: 'Save user' },
  failed: { id: 'security.userFlyout.failed', defaultMessage: 'The user was not saved' },
  username: { id: 'security.userFlyout.username', defaultMessage: 'Username' },
  usernameHelp: {
    id: 'security.userFlyout.usernameHelp',
    defaultMessage: 'The user signs in with this name. It cannot be changed later.',
  },
  fullName: { id: 'security.userFlyout.fullName', defaultMessage: 'Full name' },
  email: { id: 'security.userFlyout.email', defaultMessage: 'Email address' },
  password: { id: 'security.userFlyout.password', defaultMessage: 'Password' },
  passwordHelp: {
    id: 'security.userFlyout.passwordHelp',
    defaultMessage: 'At least 6 characters. The user can change it on the profile page.',
  },
  roles: { id: 'security.userFlyout.roles', defaultMessage: 'Roles' },
  rolesHelp: {
    id: 'security.userFlyout.rolesHelp',
    defaultMessage: 'Without a role, the user can sign in but not enter any space.',
  },
});

const errorTexts: Readonly<Record<string, MessageDescriptor>> = defineMessages({
  username: {
    id: 'security.userFlyout.usernameInvalid',
    defaultMessage:
      'Enter a name of letters without accents, digits and symbols, without a colon. Spaces may only be inside.',
  },
  email: {
    id: 'security.userFlyout.emailInvalid',
    defaultMessage: 'Enter an address such as name@example.com.',
  },
  password: {
    id: 'security.userFlyout.passwordInvalid',
    defaultMessage: 'Enter a password with 6 to 256 characters.',
  },
  tooLong: {
    id: 'security.userFlyout.tooLong',
    defaultMessage: 'Use at most 256 characters.',
  },
  characters: {
    id: 'security.userFlyout.characters',
    defaultMessage:
      'The name contains invisible control characters. Type it instead of pasting it.',
  },
});

/** Properties of {@link UserFlyout}. */
export interface UserFlyoutProps {
  /** User to edit. `undefined`: the flyout creates a new user. */
  readonly user: EditedUser | undefined;
  /** Names of all roles. */
  readonly roles: readonly string[];
  /** Failure of the last attempt to save. `undefined`: none. */
  readonly error: unknown;
  readonly isSaving: boolean;
  readonly onSubmit: (values: UserValues, options: FormSaveOptions) => void;
  /** Discards the values, and shows the user as it is stored. */
  readonly onReload: () => void;
  readonly onClose: () => void;
}

/** Flyout with the form of a new or an existing user. */
export function UserFlyout(props: UserFlyoutProps) {
  const { user, roles, error, isSaving, onSubmit, onReload, onClose } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const isNew = user === undefined;
  const { control, handleSubmit, formState } = useForm<UserValues>({
    resolver: zodResolver(isNew ? newUserForm : existingUserForm),
    defaultValues: userValues(user),
  });
  const { isDirty } = formState;
  const allowLeave = useLeaveGuard(isDirty);
  const errorText = (message: string) => formatMessage(errorTexts[message] ?? messages.failed);
  const field = { control, errorText };
  const save = ({ overwrites }: { readonly overwrites: boolean }) =>
    handleSubmit((entered) => onSubmit(entered, { onSaved: allowLeave, overwrites }));
  return (
    <FormFlyout
      title={formatMessage(isNew ? messages.createTitle : messages.editTitle, {
        name: user?.username,
      })}
      submitLabel={formatMessage(isNew ? messages.create : messages.save)}
      isSaving={isSaving}
      failure={isStaleVersion(error) ? undefined : formFailure(intl, messages.failed, error)}
      onSubmit={save({ overwrites: false })}
      onClose={onClose}
    >
      <StaleFormNotice
        error={error}
        isSaving={isSaving}
        onReload={onReload}
        onOverwrite={() => void save({ overwrites: true })()}
      />
      <TextField
        {...field}
        name="username"
        label={formatMessage(messages.username)}
        {...(isNew ? { helpText: formatMessage(messages.usernameHelp) } : {})}
        disabled={!isNew}
      />
      <TextField {...field} name="fullName" isOptional label={formatMessage(messages.fullName)} />
      <TextField {...field} name="email" isOptional label={formatMessage(messages.email)} />
      {isNew && (
        <TextField
          {...field}
          name="password"
          kind="password"
          autoComplete="new-password"
          label={formatMessage(messages.password)}
          helpText={formatMessage(messages.passwordHelp)}
        />
      )}
      <Controller
        name="roles"
        control={control}
        render={({ field: { value, onChange, onBlur } }) => (
          <EuiFormRow
            fullWidth
            label={formatMessage(messages.roles)}
            helpText={formatMessage(messages.rolesHelp)}
          >
            <EuiComboBox
              fullWidth
              options={roles.map((label) => ({ label }))}
              selectedOptions={value.map((label) => ({ label }))}
              onChange={(selected) => onChange(selected.map(({ label }) => label))}
              onBlur={onBlur}
            />
          </EuiFormRow>
        )}
      />
    </FormFlyout>
  );
}
