import {
  EuiFieldNumber,
  EuiFormRow,
  EuiSpacer,
  EuiSwitch,
  EuiText,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { zodResolver } from '@hookform/resolvers/zod';
import { defineMessages, useLeaveGuard } from '@latchkey/core/public';
import { FormFlyout, TextField } from '@latchkey/core/public/page_parts';
import { Controller, useForm } from 'react-hook-form';
import { FormattedMessage, useIntl } from 'react-intl';
import { formFailure } from '../failure_text.ts';

import { GrantsField } from '../grant_editor/index.ts';
import type { FeatureName } from '../grants/index.ts';

import type { SpaceName } from '../types.ts';
import { type ApiKeyValues, apiKeyForm, newApiKey } from './api_key_form.ts';

const messages = defineMessages({
  title: { id: 'security.apiKeyFlyout.title', defaultMessage: 'Create API key' },
  submit: { id: 'security.apiKeyFlyout.submit', defaultMessage: 'Create API key' },
  failed: { id: 'security.apiKeyFlyout.failed', defaultMessage: 'The API key was not created' },
  name: { id: 'security.apiKeyFlyout.name', defaultMessage: 'Name' },
  nameHelp: {
    id: 'security.apiKeyFlyout.nameHelp',
    defaultMessage: 'What the key is used for, for example: nightly report',
  },
  nameInvalid: {
    id: 'security.apiKeyFlyout.nameInvalid',
    defaultMessage: 'Enter a name with at most 256 characters.',
  },
  days: { id: 'security.apiKeyFlyout.days', defaultMessage: 'Valid for' },
  daysUnit: { id: 'security.apiKeyFlyout.daysUnit', defaultMessage: 'days' },
  daysInvalid: {
    id: 'security.apiKeyFlyout.daysInvalid',
    defaultMessage: 'Enter a number of days from 1 to {maxDays, number}.',
  },
  restrict: { id: 'security.apiKeyFlyout.restrict', defaultMessage: 'Restrict privileges' },
});

/** Form of a new API key. */
export function ApiKeyFlyout(props: {
  readonly features: readonly FeatureName[];
  readonly spaces: readonly SpaceName[];
  /** Maximum lifetime of a key in days. */
  readonly maxDays: number;
  /** Failure of the last attempt to create a key. `undefined`: none. */
  readonly error: unknown;
  readonly isSaving: boolean;
  /** @param onSaved must be called after the key was created */
  readonly onSubmit: (values: ApiKeyValues, onSaved: () => void) => void;
  readonly onClose: () => void;
}) {
  const { features, spaces, maxDays, error, isSaving, onSubmit, onClose } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const { control, handleSubmit, formState, watch } = useForm<ApiKeyValues>({
    resolver: zodResolver(apiKeyForm(maxDays)),
    defaultValues: newApiKey(maxDays),
  });
  const { isDirty, errors } = formState;
  const allowLeave = useLeaveGuard(isDirty);
  return (
    <FormFlyout
      title={formatMessage(messages.title)}
      submitLabel={formatMessage(messages.submit)}
      isSaving={isSaving}
      failure={formFailure(intl, messages.failed, error)}
      onSubmit={handleSubmit((values) => onSubmit(values, allowLeave))}
      onClose={onClose}
    >
      <TextField
        name="name"
        control={control}
        label={formatMessage(messages.name)}
        helpText={formatMessage(messages.nameHelp)}
        errorText={() => formatMessage(messages.nameInvalid)}
      />
      <Controller
        name="days"
        control={control}
        render={({ field: { ref, ...field } }) => (
          <EuiFormRow
            label={formatMessage(messages.days)}
            isInvalid={errors.days !== undefined}
            error={
              errors.days === undefined ? [] : [formatMessage(messages.daysInvalid, { maxDays })]
            }
          >
            <EuiFieldNumber
              {...field}
              inputRef={ref}
              min={1}
              max={maxDays}
              append={formatMessage(messages.daysUnit)}
              isInvalid={errors.days !== undefined}
            />
          </EuiFormRow>
        )}
      />
      <EuiSpacer size="l" />
      <Controller
        name="isRestricted"
        control={control}
        render={({ field: { value, onChange } }) => (
          <RestrictionSwitch isOn={value} onChange={onChange} />
        )}
      />
      {watch('isRestricted') && (
        <>
          <EuiSpacer size="m" />
          <GrantsField name="grants" control={control} features={features} spaces={spaces} />
          {errors.grants !== undefined && watch('grants').length === 0 && (
            <EuiText size="xs" color="danger" role="alert">
              <p>
                <FormattedMessage
                  id="security.apiKeyFlyout.grantsMissing"
                  defaultMessage="Add privileges, or switch the restriction off."
                />
              </p>
            </EuiText>
          )}
        </>
      )}
    </FormFlyout>
  );
}

function RestrictionSwitch(props: {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  const { isOn, onChange } = props;
  const { formatMessage } = useIntl();
  const helpId = useGeneratedHtmlId();
  return (
    <>
      <EuiSwitch
        label={formatMessage(messages.restrict)}
        checked={isOn}
        aria-describedby={helpId}
        onChange={({ target }) => onChange(target.checked)}
      />
      <EuiSpacer size="xs" />
      <EuiText size="xs" color="subdued" id={helpId}>
        <p>
          {isOn ? (
            <FormattedMessage
              id="security.apiKeyFlyout.restricted"
              defaultMessage="The key may do what is chosen here and your roles allow."
            />
          ) : (
            <FormattedMessage
              id="security.apiKeyFlyout.unrestricted"
              defaultMessage="The key may do everything that you may do, now and later."
            />
          )}
        </p>
      </EuiText>
    </>
  );
}
