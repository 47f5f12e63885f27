import { EuiButton } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { KnownConnector } from '@latchkey/workflow-language';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { PickerDialog } from './picker_dialog.tsx';

const messages = defineMessages({
  title: { id: 'workflows.picker.title', defaultMessage: 'Choose a connector' },
  text: {
    id: 'workflows.picker.text',
    defaultMessage: 'Step {step} needs a connector of the type {type}.',
  },
  none: {
    id: 'workflows.picker.none',
    defaultMessage: 'There is no connector of this type in this space yet.',
  },
  noneAsk: {
    id: 'workflows.picker.noneAsk',
    defaultMessage:
      'There is no connector of this type in this space yet. Ask an administrator to create one.',
  },
  create: { id: 'workflows.picker.create', defaultMessage: 'Create connector' },
});

/** Properties of {@link ConnectorPicker}. */
export interface ConnectorPickerProps {
  readonly stepName: string;
  /** Name of the connector type, or its id. */
  readonly typeName: string;
  /** Connectors of this type in the space. */
  readonly connectors: readonly KnownConnector[];
  readonly onChoose: (connectorId: string) => void;
  /** Opens the form for a new connector. `undefined`: the user may not create connectors. */
  readonly onCreate: (() => void) | undefined;
  readonly onClose: () => void;
}

/** Dialog with the connectors that a step can use. */
export function ConnectorPicker(props: ConnectorPickerProps): ReactElement {
  const { stepName, typeName, connectors, onChoose, onCreate, onClose } = props;
  const { formatMessage } = useIntl();
  return (
    <PickerDialog
      title={formatMessage(messages.title)}
      text={
        <>
          <p>
            {formatMessage(messages.text, {
              step: <bdi key="step">{stepName}</bdi>,
              type: <bdi key="type">{typeName}</bdi>,
            })}
          </p>
          {connectors.length === 0 ? (
            <p>{formatMessage(onCreate === undefined ? messages.noneAsk : messages.none)}</p>
          ) : null}
        </>
      }
      icon="plugs"
      items={connectors}
      action={
        onCreate === undefined ? undefined : (
          <EuiButton iconType="plusCircle" onClick={onCreate}>
            {formatMessage(messages.create)}
          </EuiButton>
        )
      }
      onChoose={onChoose}
      onClose={onClose}
    />
  );
}
