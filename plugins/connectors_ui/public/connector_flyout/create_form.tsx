import { EuiFlyoutBody } from '@elastic/eui';
import { defineMessages, randomId, useCore } from '@latchkey/core/public';
import { type ReactElement, useEffect, useMemo, useState } from 'react';
import { useWatch } from 'react-hook-form';
import { useIntl } from 'react-intl';
import {
  type ConnectorForm,
  chosenOption,
  type FormValues,
  newConnectorInput,
  newFormValues,
  offeredOptions,
  reportUnknownParts,
  useConnectorForm,
  type ValidationRules,
  validateForm,
} from '../connector_form/index.ts';
import { ConnectorFormBody } from './connector_form_body.tsx';
import { FlyoutFooter, FooterButton } from './flyout_footer.tsx';
import type { ReservedWindow } from './reserve_window.ts';
import type { SavedConnector } from './save_connector.ts';
import { useFormCheck } from './use_form_check.ts';
import { useSave } from './use_save.ts';

const messages = defineMessages({
  back: { id: 'connectorsUi.create.back', defaultMessage: 'Choose another type' },
  save: { id: 'connectorsUi.create.save', defaultMessage: 'Save' },
  saveAndConnect: {
    id: 'connectorsUi.create.saveAndConnect',
    defaultMessage: 'Save and connect',
  },
});

/** Form of a new connector. */
export function CreateForm(props: {
  readonly typeId: string;
  readonly form: ConnectorForm;
  readonly rules: ValidationRules;
  /** Name that is proposed for the connector. */
  readonly name: string;
  /** Opens the window in which the user connects. Called inside the click on "Save and connect". */
  readonly reserveWindow: (name: string) => ReservedWindow;
  readonly onBack: () => void;
  readonly onSaved: (saved: SavedConnector, options: { readonly isConnecting: boolean }) => void;
  /** Called when the form has, or no longer has, changes that closing would lose. */
  readonly onDirty: (isDirty: boolean) => void;
}): ReactElement {
  const { typeId, form, rules, reserveWindow, onSaved, onDirty } = props;
  const { formatMessage } = useIntl();
  const { application } = useCore();
  const initial = useMemo(() => newFormValues(form, props.name), [form, props.name]);
  const state = useConnectorForm({ form, initial, rules });
  const { control, getValues, formState } = state.methods;
  const { isDirty } = formState;
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);
  useEffect(() => reportUnknownParts(typeId, form.unknownParts), [typeId, form]);
  const authType = useWatch({ control, name: 'authType' });
  const option = chosenOption(form, authType);
  const [newId] = useState(randomId);
  const draft = {
    state,
    target: { connector_type_id: typeId, newId },
    toInput: (values: FormValues) => newConnectorInput(form, values),
  };
  const check = useFormCheck(draft);
  const { save, isSaving, isUnknown, problems } = useSave(draft);
  const canConnect = option.authMode === 'per-user' && application.can('actions:execute-oauth');

  const submit = async (reserved: ReservedWindow | undefined) => {
    const saved = await save();
    if (saved === undefined) return reserved?.close();
    onDirty(false);
    reserved?.connect(saved);
    onSaved(saved, { isConnecting: reserved !== undefined });
  };
  const saveAndConnect = () => {
    const values = getValues();
    // A form that cannot be saved opens no window.
    const isValid = validateForm(form, values, rules).length === 0;
    void submit(isValid ? reserveWindow(values.name) : undefined);
  };
  return (
    <>
      <EuiFlyoutBody>
        <ConnectorFormBody
          form={form}
          options={offeredOptions(form)}
          state={state}
          problems={problems}
          isUnknown={isUnknown}
          warnings={check.warnings}
          onLeaveField={check.refresh}
          callbackUrl={check.callbackUrl}
          permissions={check.permissions}
        />
      </EuiFlyoutBody>
      <FlyoutFooter
        leave={{
          label: formatMessage(messages.back),
          icon: 'chevronSingleLeft',
          onClick: props.onBack,
        }}
      >
        <FooterButton
          label={formatMessage(messages.save)}
          isPrimary={!canConnect}
          isLoading={isSaving && !canConnect}
          isDisabled={isSaving}
          onClick={() => void submit(undefined)}
        />
        {canConnect ? (
          <FooterButton
            label={formatMessage(messages.saveAndConnect)}
            isPrimary
            isLoading={isSaving}
            onClick={saveAndConnect}
          />
        ) : null}
      </FlyoutFooter>
    </>
  );
}
