import { EuiFieldText, EuiFormRow, EuiSpacer } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import { Controller, useFormContext, useWatch } from 'react-hook-form';
import { useIntl } from 'react-intl';
import { AuthTypeCards } from './auth_type_cards.tsx';
import { EnabledActions, type RequestedPermission } from './enabled_actions.tsx';
import { type AuthOption, type ConnectorForm, chosenOption, secretsKey } from './form_field.ts';
import { FormFields, type KeptSecrets } from './form_fields.tsx';
import type { FormValues } from './form_values.ts';
import { conditionPath } from './shown_fields.ts';

const messages = defineMessages({
  name: { id: 'connectorsUi.form.name', defaultMessage: 'Connector name' },
});

/** Fields of a connector. Must be inside a `FormProvider` of {@link FormValues}. */
export function ConnectorFields(props: {
  readonly form: ConnectorForm;
  readonly options: readonly AuthOption[];
  /** Names of the credentials that are stored. Default: none. */
  readonly stored?: readonly string[];
  readonly isDisabled?: boolean;
  /**
   * Redirect URI that has to be registered at the provider. It is above the credentials, which the
   * provider shows after the registration.
   */
  readonly registration?: ReactNode;
  /** Permissions that users have to grant. `undefined`: there are none, or they are not known. */
  readonly permissions?: readonly RequestedPermission[] | undefined;
}): ReactElement {
  const { form, options, stored = [], isDisabled = false, registration } = props;
  const { control, setValue } = useFormContext<FormValues>();
  const authType = useWatch({ control, name: 'authType' });
  const option = chosenOption(form, authType);
  // An option is not shown as a card if all of its fields are hidden.
  const hasNoCard = options.length > 1 && option.fields.every(({ isHidden }) => isHidden);
  const path = `secrets.${secretsKey(option.id)}` as const;
  const { secrets, forgetChange } = useKeptSecrets(path, stored);
  return (
    <>
      <NameField isDisabled={isDisabled} />
      <FormFields
        fields={form.config}
        path="config"
        pathOf={(name) => conditionPath(form, option, { group: 'config', name })}
        isDisabled={isDisabled}
      />
      <EuiSpacer size="l" />
      <AuthTypeCards
        options={options}
        chosen={option.id}
        onChoose={(id) => {
          forgetChange();
          setValue('authType', id, { shouldDirty: true });
        }}
        isDisabled={isDisabled}
      >
        {registration}
        <FormFields
          fields={option.fields}
          path={path}
          pathOf={(name) => conditionPath(form, option, { group: 'secrets', name })}
          kept={secrets}
          isDisabled={isDisabled}
        />
      </AuthTypeCards>
      {hasNoCard && registration}
      {form.actions === undefined ? null : (
        <>
          <EuiSpacer size="l" />
          <EnabledActions
            actions={form.actions}
            permissions={props.permissions}
            isDisabled={isDisabled}
          />
        </>
      )}
    </>
  );
}

/**
 * State of the stored credentials: which of them stay, and which the user replaces.
 * @param path of the credentials in the form
 * @param stored names of the credentials that are stored
 * @returns also `forgetChange`, which must be called when other credentials are shown
 */
function useKeptSecrets(
  path: `secrets.${string}`,
  stored: readonly string[],
): { readonly secrets: KeptSecrets; readonly forgetChange: () => void } {
  const { control, setFocus, setValue } = useFormContext<FormValues>();
  const kept = useWatch({ control, name: 'kept' });
  // The credential that the user last replaced or kept. The clicked control disappears, so the
  // control in its place gets the focus.
  const [changed, setChanged] = useState<
    { readonly replaced: `secrets.${string}.${string}` } | { readonly kept: string }
  >();
  useEffect(() => {
    if (changed !== undefined && 'replaced' in changed) setFocus(changed.replaced);
  }, [changed, setFocus]);
  const secrets: KeptSecrets = {
    names: kept,
    stored,
    justKept: changed !== undefined && 'kept' in changed ? changed.kept : undefined,
    replace: (name) => {
      setChanged({ replaced: `${path}.${name}` });
      setValue(
        'kept',
        kept.filter((other) => other !== name),
        { shouldDirty: true },
      );
    },
    keep: (name) => {
      setChanged({ kept: name });
      setValue(
        'kept',
        stored.filter((other) => other === name || kept.includes(other)),
        {
          shouldDirty: true,
        },
      );
      setValue(`${path}.${name}`, '', { shouldDirty: true });
    },
  };
  return { secrets, forgetChange: () => setChanged(undefined) };
}

function NameField({ isDisabled }: { readonly isDisabled: boolean }): ReactElement {
  const { formatMessage } = useIntl();
  const { control } = useFormContext<FormValues>();
  return (
    <Controller
      control={control}
      name="name"
      render={({ field, fieldState: { error } }) => (
        <EuiFormRow
          fullWidth
          label={formatMessage(messages.name)}
          isInvalid={error !== undefined}
          error={error?.message}
        >
          <EuiFieldText
            fullWidth
            value={field.value}
            name={field.name}
            onChange={field.onChange}
            onBlur={field.onBlur}
            inputRef={field.ref}
            isInvalid={error !== undefined}
            disabled={isDisabled}
            autoComplete="off"
          />
        </EuiFormRow>
      )}
    />
  );
}
