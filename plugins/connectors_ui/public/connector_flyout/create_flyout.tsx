import { EuiFlyoutBody } from '@elastic/eui';
import { defineMessages, HttpClientError, useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useMemo } from 'react';
import { useIntl } from 'react-intl';
import { useUnavailability } from '../connection_controls/index.ts';
import { overviewQuery } from '../connection_status/index.ts';
import { connectorKeys, specQuery } from '../connector_data/index.ts';
import { readConnectorForm } from '../connector_form/index.ts';
import { errorText } from '../error_text.ts';
import { useServices } from '../services.ts';
import { CreateForm } from './create_form.tsx';
import { FlyoutFrame } from './flyout_frame.tsx';
import { FlyoutFailed, FlyoutLoading, FlyoutNotice } from './flyout_states.tsx';
import { reserveWindow } from './reserve_window.ts';
import { TypePicker } from './type_picker.tsx';
import { useLeave } from './use_leave.ts';

const messages = defineMessages({
  choose: { id: 'connectorsUi.create.choose', defaultMessage: 'Choose a connector type' },
  title: { id: 'connectorsUi.create.title', defaultMessage: 'New {type} connector' },
  new: { id: 'connectorsUi.create.new', defaultMessage: 'New connector' },
  notAllowed: {
    id: 'connectorsUi.create.notAllowed',
    defaultMessage: 'You may not create connectors',
  },
  notAllowedText: {
    id: 'connectorsUi.create.notAllowedText',
    defaultMessage:
      'Your roles do not allow it in this space. Ask an administrator to create the connector, or for a role that may.',
  },
  unknownType: {
    id: 'connectorsUi.create.unknownType',
    defaultMessage: 'This connector type does not exist',
  },
  unknownTypeText: {
    id: 'connectorsUi.create.unknownTypeText',
    defaultMessage: 'It is not installed on this server, or the address of this page is wrong.',
  },
  preview: { id: 'connectorsUi.create.preview', defaultMessage: 'Technical preview' },
});

/** A connector that the flyout has created. */
export interface CreatedConnector {
  readonly id: string;
  readonly name: string;
  /** `true`: the user is connecting an own account to it now. */
  readonly isConnecting: boolean;
}

/** Properties of {@link CreateFlyout}. */
export interface CreateFlyoutProps {
  /** Chosen type. `undefined`: the user chooses one. */
  readonly typeId: string | undefined;
  /** Called when the user chooses a type. `undefined`: the user goes back to the choice. */
  readonly onChooseType: (typeId: string | undefined) => void;
  readonly onCreated: (created: CreatedConnector) => void;
  readonly onClose: () => void;
}

/** Flyout that creates a connector. First the user chooses the type, then fills in the form. */
export function CreateFlyout(props: CreateFlyoutProps): ReactElement {
  const { typeId, onChooseType, onCreated } = props;
  const leave = useLeave(props.onClose);
  const { setDirty } = leave;
  if (typeId === undefined) {
    return <ChooseType onChoose={onChooseType} onClose={leave.close} />;
  }
  return (
    <CreateOfType
      key={typeId}
      typeId={typeId}
      onDirty={setDirty}
      onBack={() => leave.before(() => onChooseType(undefined))}
      onCreated={onCreated}
      onClose={leave.close}
    />
  );
}

/** Flyout for users who may not create connectors, in place of {@link CreateFlyout}. */
export function CreateNotAllowed({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <FlyoutFrame title={formatMessage(messages.new)} onClose={onClose}>
      <FlyoutNotice
        iconType="lock"
        title={formatMessage(messages.notAllowed)}
        text={formatMessage(messages.notAllowedText)}
        onClose={onClose}
      />
    </FlyoutFrame>
  );
}

function ChooseType(props: {
  readonly onChoose: (typeId: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const intl = useIntl();
  const { http } = useCore();
  const { data, error, isPending, refetch } = useQuery(overviewQuery(http));
  const { ofType } = useUnavailability();
  const types = useMemo(() => data?.types && [...data.types.values()], [data]);
  return (
    <FlyoutFrame title={intl.formatMessage(messages.choose)} onClose={props.onClose}>
      {types !== undefined ? (
        <EuiFlyoutBody>
          <TypePicker types={types} unavailable={ofType} onChoose={props.onChoose} />
        </EuiFlyoutBody>
      ) : isPending ? (
        <FlyoutLoading />
      ) : (
        <FlyoutFailed text={errorText(intl, error)} onRetry={() => void refetch()} />
      )}
    </FlyoutFrame>
  );
}

function CreateOfType(props: {
  readonly typeId: string;
  readonly onDirty: (isDirty: boolean) => void;
  readonly onBack: () => void;
  readonly onCreated: CreateFlyoutProps['onCreated'];
  readonly onClose: () => void;
}): ReactElement {
  const { typeId, onCreated } = props;
  const intl = useIntl();
  const { http, queryClient } = useCore();
  const { attempts } = useServices();
  const { data: spec, error, refetch } = useQuery(specQuery(http, typeId));
  const form = useMemo(() => spec && readConnectorForm(spec.schema, spec.actions), [spec]);
  const rules = useMemo(() => ({ isHttpsRequired: spec?.is_https_required ?? true }), [spec]);
  const metadata = spec?.metadata;
  return (
    <FlyoutFrame
      title={
        metadata === undefined
          ? intl.formatMessage(messages.new)
          : intl.formatMessage(messages.title, { type: metadata.display_name })
      }
      subtitle={metadata?.description}
      icon={metadata?.icon}
      badge={
        metadata?.is_technical_preview === true ? intl.formatMessage(messages.preview) : undefined
      }
      onClose={props.onClose}
    >
      {form !== undefined && metadata !== undefined ? (
        <CreateForm
          typeId={typeId}
          form={form}
          rules={rules}
          name={metadata.display_name}
          reserveWindow={(name) => reserveWindow(attempts, intl, name)}
          onBack={props.onBack}
          onDirty={props.onDirty}
          onSaved={({ id, name }, { isConnecting }) => {
            void queryClient.invalidateQueries({ queryKey: connectorKeys.all });
            onCreated({ id, name, isConnecting });
          }}
        />
      ) : error === null ? (
        <FlyoutLoading />
      ) : error instanceof HttpClientError && error.status === 404 ? (
        <FlyoutNotice
          iconType="magnify"
          title={intl.formatMessage(messages.unknownType)}
          text={intl.formatMessage(messages.unknownTypeText)}
          onClose={props.onClose}
        />
      ) : (
        <FlyoutFailed text={errorText(intl, error)} onRetry={() => void refetch()} />
      )}
    </FlyoutFrame>
  );
}
