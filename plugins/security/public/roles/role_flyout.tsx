import { EuiCallOut, EuiFormRow, EuiSpacer, EuiTextArea, EuiTitle } from '@elastic/eui';
import { zodResolver } from '@hookform/resolvers/zod';
import { defineMessages, isStaleVersion, useLeaveGuard } from '@latchkey/core/public';
import {
  FormFlyout,
  type FormSaveOptions,
  OptionalLabel,
  StaleFormNotice,
  TextField,
} from '@latchkey/core/public/page_parts';
import { Controller, useForm } from 'react-hook-form';
import { FormattedMessage, useIntl } from 'react-intl';
import { formFailure } from '../failure_text.ts';

import { GrantsField } from '../grant_editor/index.ts';
import type { FeatureName } from '../grants/index.ts';

import type { SpaceName } from '../types.ts';
import { isReserved, type RoleValues, type RoleView, roleForm, roleValues } from './role_form.ts';

const messages = defineMessages({
  createTitle: { id: 'security.roleFlyout.createTitle', defaultMessage: 'Create role' },
  editTitle: { id: 'security.roleFlyout.editTitle', defaultMessage: 'Edit role {name}' },
  viewTitle: { id: 'security.roleFlyout.viewTitle', defaultMessage: 'Role {name}' },
  create: { id: 'security.roleFlyout.create', defaultMessage: 'Create role' },
  save: { id: 'security.roleFlyout.save', defaultMessage: 'Save role' },
  name: { id: 'security.roleFlyout.name', defaultMessage: 'Name' },
  nameHelp: {
    id: 'security.roleFlyout.nameHelp',
    defaultMessage: 'The name cannot be changed later.',
  },
  nameInvalid: {
    id: 'security.roleFlyout.nameInvalid',
    defaultMessage:
      'Enter a name of letters without accents, digits and symbols. Spaces may only be inside.',
  },
  description: { id: 'security.roleFlyout.description', defaultMessage: 'Description' },
  descriptionInvalid: {
    id: 'security.roleFlyout.descriptionInvalid',
    defaultMessage: 'Use at most 2,048 characters.',
  },
  failed: { id: 'security.roleFlyout.failed', defaultMessage: 'The role was not saved' },
  reservedTitle: {
    id: 'security.roleFlyout.reservedTitle',
    defaultMessage: 'This role is built in and cannot be changed',
  },
});

/** Properties of {@link RoleFlyout}. */
export interface RoleFlyoutProps {
  /** Role to edit. `undefined`: the flyout creates a new role. */
  readonly stored: RoleView | undefined;
  readonly features: readonly FeatureName[];
  readonly spaces: readonly SpaceName[];
  /** Failure of the last attempt to save. `undefined`: none. */
  readonly error: unknown;
  readonly isSaving: boolean;
  readonly onSubmit: (values: RoleValues, options: FormSaveOptions) => void;
  /** Discards the values, and shows the role as it is stored. */
  readonly onReload: () => void;
  readonly onClose: () => void;
}

/** Flyout with the form of a new, an existing or a built-in role. */
export function RoleFlyout(props: RoleFlyoutProps) {
  const { stored, features, spaces, error, isSaving, onSubmit, onReload, onClose } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const isReadOnly = stored !== undefined && isReserved(stored);
  const { control, handleSubmit, formState } = useForm<RoleValues>({
    resolver: zodResolver(roleForm),
    defaultValues: roleValues(stored),
  });
  const { isDirty, errors } = formState;
  const allowLeave = useLeaveGuard(isDirty);
  const title = stored === undefined ? 'createTitle' : isReadOnly ? 'viewTitle' : 'editTitle';
  const save = ({ overwrites }: { readonly overwrites: boolean }) =>
    handleSubmit((values) => onSubmit(values, { onSaved: allowLeave, overwrites }));
  return (
    <FormFlyout
      title={formatMessage(messages[title], { name: stored?.name })}
      submitLabel={formatMessage(stored === undefined ? messages.create : messages.save)}
      isReadOnly={isReadOnly}
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
      {isReadOnly && <ReservedNotice />}
      <TextField
        name="name"
        control={control}
        label={formatMessage(messages.name)}
        {...(stored === undefined ? { helpText: formatMessage(messages.nameHelp) } : {})}
        errorText={() => formatMessage(messages.nameInvalid)}
        disabled={stored !== undefined}
      />
      <Controller
        name="description"
        control={control}
        render={({ field: { ref, ...field } }) => (
          <EuiFormRow
            fullWidth
            label={formatMessage(messages.description)}
            labelAppend={<OptionalLabel />}
            isInvalid={errors.description !== undefined}
            error={
              errors.description === undefined ? [] : [formatMessage(messages.descriptionInvalid)]
            }
          >
            <EuiTextArea
              {...field}
              inputRef={ref}
              fullWidth
              rows={2}
              disabled={isReadOnly}
              isInvalid={errors.description !== undefined}
            />
          </EuiFormRow>
        )}
      />
      <EuiSpacer size="l" />
      <EuiTitle size="xs">
        <h3>
          <FormattedMessage
            id="security.roleFlyout.privileges"
            defaultMessage="Privileges by space"
          />
        </h3>
      </EuiTitle>
      <EuiSpacer size="s" />
      <GrantsField
        name="grants"
        control={control}
        features={features}
        spaces={spaces}
        isReadOnly={isReadOnly}
      />
    </FormFlyout>
  );
}

function ReservedNotice() {
  const { formatMessage } = useIntl();
  return (
    <>
      <EuiCallOut size="s" iconType="lock" title={formatMessage(messages.reservedTitle)}>
        <p>
          <FormattedMessage
            id="security.roleFlyout.reservedText"
            defaultMessage="Create a role of your own to give users other privileges."
          />
        </p>
      </EuiCallOut>
      <EuiSpacer size="m" />
    </>
  );
}
