import { EuiFlexItem, EuiFlyoutBody } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, type ReactNode, useEffect, useMemo, useState } from 'react';
import { useIntl } from 'react-intl';
import {
  type ConnectorSpecBody,
  formQuery,
  type ConnectorFormBody as StoredForm,
} from '../connector_data/index.ts';
import {
  type ConnectorForm,
  offeredOptions,
  readConnectorForm,
  reportUnknownParts,
  storedForm,
  storedFormValues,
  useConnectorForm,
} from '../connector_form/index.ts';
import { errorText } from '../error_text.ts';
import { ConnectorFormBody } from './connector_form_body.tsx';
import { FlyoutFooter, FooterButton } from './flyout_footer.tsx';
import { FlyoutFailed, FlyoutLoading } from './flyout_states.tsx';
import { StaleNotice } from './stale_notice.tsx';
import { StoredNotices } from './stored_notices.tsx';
import { useEditSave } from './use_edit_save.ts';
import { useFormCheck } from './use_form_check.ts';

const messages = defineMessages({
  close: { id: 'connectorsUi.edit.close', defaultMessage: 'Close' },
  cancel: { id: 'connectorsUi.edit.cancel', defaultMessage: 'Cancel' },
  save: { id: 'connectorsUi.edit.save', defaultMessage: 'Save' },
});

/** Properties of {@link EditConfiguration}. */
export interface EditConfigurationProps {
  readonly connectorId: string;
  readonly spec: ConnectorSpecBody;
  /** Button to connect. `undefined`: the connector uses a service account. */
  readonly authorize: ReactNode;
  /** `true`: the form replaces an earlier form that had the focus, so it takes the focus. */
  readonly takesFocus: boolean;
  readonly onDirty: (isDirty: boolean) => void;
  readonly onSaved: (saved: { readonly id: string; readonly name: string }) => void;
  /** Called when the user discards the input and loads the stored values. */
  readonly onReload: () => void;
  readonly onClose: () => void;
}

/** Form of an existing connector with its stored values. */
export function EditConfiguration(props: EditConfigurationProps): ReactElement {
  const { connectorId, spec } = props;
  const intl = useIntl();
  const { http } = useCore();
  const { data: stored, error, refetch } = useQuery(formQuery(http, connectorId));
  const form = useMemo(() => readConnectorForm(spec.schema, spec.actions), [spec]);
  if (stored === undefined) {
    return error === null ? (
      <FlyoutLoading />
    ) : (
      <FlyoutFailed text={errorText(intl, error)} onRetry={() => void refetch()} />
    );
  }
  return <EditForm {...props} form={form} stored={stored} />;
}

function EditForm(
  props: EditConfigurationProps & { readonly form: ConnectorForm; readonly stored: StoredForm },
): ReactElement {
  const { connectorId, spec, onDirty } = props;
  const { formatMessage } = useIntl();
  // Values and version with which the form was opened. A later read must not change them, because
  // the input is compared with them.
  const [stored] = useState(props.stored);
  const form = useMemo(() => storedForm(props.form, stored), [props.form, stored]);
  const initial = useMemo(() => storedFormValues(form, stored), [form, stored]);
  const rules = useMemo(() => ({ isHttpsRequired: spec.is_https_required }), [spec]);
  const state = useConnectorForm({ form, initial, rules });
  const { isDirty } = state.methods.formState;
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);
  useEffect(() => reportUnknownParts(spec.metadata.id, form.unknownParts), [spec, form]);
  const { onSaved, onReload } = props;
  const { draft, isSaving, isUnknown, staleSaves, problems, ...saving } = useEditSave({
    connectorId,
    form,
    stored,
    state,
    onDirty,
    onSaved,
    onReload,
  });
  const target = { id: connectorId };
  const check = useFormCheck({ ...draft, state, target, isEnabled: stored.is_editable });
  const storedNames = Object.entries(stored.credentials ?? {}).flatMap(([name, { stored: is }]) =>
    is ? [name] : [],
  );
  return (
    <>
      <EuiFlyoutBody>
        <ConnectorFormBody
          form={form}
          options={offeredOptions(form, stored)}
          state={state}
          problems={problems}
          isUnknown={isUnknown}
          stored={storedNames}
          warnings={check.warnings}
          onLeaveField={check.refresh}
          callbackUrl={check.callbackUrl ?? stored.callback_url}
          permissions={check.permissions}
          isReadOnly={!stored.is_editable}
        >
          <StoredNotices stored={stored} />
          {staleSaves === 0 ? null : (
            <StaleNotice
              key={staleSaves}
              isSaving={isSaving}
              onReload={saving.reload}
              onOverwrite={saving.overwrite}
            />
          )}
        </ConnectorFormBody>
      </EuiFlyoutBody>
      <FlyoutFooter
        leave={{
          label: formatMessage(stored.is_editable ? messages.cancel : messages.close),
          onClick: props.onClose,
        }}
      >
        {props.authorize === undefined ? null : (
          <EuiFlexItem grow={false}>{props.authorize}</EuiFlexItem>
        )}
        {stored.is_editable ? (
          <FooterButton
            label={formatMessage(messages.save)}
            isPrimary
            isLoading={isSaving}
            isDisabled={!isDirty}
            hasFocus={props.takesFocus}
            onClick={saving.submit}
          />
        ) : null}
      </FlyoutFooter>
    </>
  );
}
