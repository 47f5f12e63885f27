import { EuiFlexItem, EuiFlyoutBody } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, type ReactNode, useEffect, useMemo } from 'react';
import { useIntl } from 'react-intl';
import { connectionKeys } from '../connection_status/index.ts';
import {
  type ConnectorSpecBody,
  connectorKeys,
  formQuery,
  type ConnectorFormBody as StoredForm,
} from '../connector_data/index.ts';
import {
  type ConnectorForm,
  changedConnectorInput,
  type FormValues,
  offeredOptions,
  readConnectorForm,
  reportUnknownParts,
  storedFormValues,
  useConnectorForm,
} from '../connector_form/index.ts';
import { errorText } from '../error_text.ts';
import { ConnectorFormBody } from './connector_form_body.tsx';
import { FlyoutFooter, FooterButton } from './flyout_footer.tsx';
import { FlyoutFailed, FlyoutLoading } from './flyout_states.tsx';
import type { SavedConnector } from './save_connector.ts';
import { StoredNotices } from './stored_notices.tsx';
import { useFormCheck } from './use_form_check.ts';
import { useSave } from './use_save.ts';

const messages = defineMessages({
  close: { id: 'connectorsUi.edit.close', defaultMessage: 'Close' },
  cancel: { id: 'connectorsUi.edit.cancel', defaultMessage: 'Cancel' },
  save: { id: 'connectorsUi.edit.save', defaultMessage: 'Save' },
  saved: { id: 'connectorsUi.edit.saved', defaultMessage: '{name} was saved' },
  disconnected: {
    id: 'connectorsUi.edit.disconnected',
    defaultMessage: '{count, plural, one {# user has} other {# users have}} to connect again.',
  },
});

/** Properties of {@link EditConfiguration}. */
export interface EditConfigurationProps {
  readonly connectorId: string;
  readonly spec: ConnectorSpecBody;
  /** Button to connect. `undefined`: the connector uses a service account. */
  readonly authorize: ReactNode;
  /** `true`: the form replaces one that was saved, and takes over its focus. */
  readonly wasSaved: boolean;
  readonly onDirty: (isDirty: boolean) => void;
  readonly onSaved: (saved: { readonly id: string; readonly name: string }) => void;
  readonly onClose: () => void;
}

/** Form of an existing connector with its stored values. */
export function EditConfiguration(props: EditConfigurationProps): ReactElement {
  const { connectorId, spec } = props;
  const intl = useIntl();
  const { http } = useCore();
  const { data: stored, error, refetch } = useQuery(formQuery(http, connectorId));
  const form = useMemo(() => readConnectorForm(spec.schema), [spec]);
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
  const { connectorId, spec, form, stored, onDirty } = props;
  const { formatMessage } = useIntl();
  const { feedback, queryClient } = useCore();
  const initial = useMemo(() => storedFormValues(form, stored), [form, stored]);
  const rules = useMemo(() => ({ isHttpsRequired: spec.is_https_required }), [spec]);
  const state = useConnectorForm({ form, initial, rules });
  const { isDirty } = state.methods.formState;
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);
  useEffect(() => reportUnknownParts(spec.metadata.id, form.unknownParts), [spec, form]);
  const draft = {
    state,
    target: { id: connectorId },
    toInput: (values: FormValues) => changedConnectorInput(form, values, stored),
  };
  const check = useFormCheck({ ...draft, isEnabled: stored.is_editable });
  const { save, isSaving, problems } = useSave(draft);
  const submit = async () => {
    const saved = await save();
    if (saved === undefined) return;
    onDirty(false);
    const count = disconnectedUsers(saved);
    feedback.toast({
      color: count > 0 ? 'warning' : 'success',
      title: formatMessage(messages.saved, { name: saved.name }),
      ...(count > 0 ? { text: formatMessage(messages.disconnected, { count }) } : {}),
    });
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: connectorKeys.one(connectorId) }),
      queryClient.invalidateQueries({ queryKey: connectionKeys.all }),
    ]);
    props.onSaved({ id: saved.id, name: saved.name });
  };
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
          stored={storedNames}
          warnings={check.warnings}
          onLeaveField={check.refresh}
          callbackUrl={check.callbackUrl ?? stored.callback_url}
          isReadOnly={!stored.is_editable}
        >
          <StoredNotices stored={stored} />
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
            hasFocus={props.wasSaved}
            onClick={() => void submit()}
          />
        ) : null}
      </FlyoutFooter>
    </>
  );
}

const disconnectedUsers = (saved: SavedConnector): number =>
  'disconnected_users' in saved ? (saved.disconnected_users ?? 0) : 0;
