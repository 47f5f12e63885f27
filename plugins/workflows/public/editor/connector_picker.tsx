import {
  EuiButton,
  EuiButtonEmpty,
  EuiListGroup,
  EuiListGroupItem,
  EuiModal,
  EuiModalBody,
  EuiModalFooter,
  EuiModalHeader,
  EuiModalHeaderTitle,
  EuiText,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { TwoLines } from '@latchkey/core/public/page_parts';
import type { KnownConnector } from '@latchkey/workflow-language';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';

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
  cancel: { id: 'workflows.picker.cancel', defaultMessage: 'Cancel' },
});

/** Style that lets long labels wrap. */
const LABEL = { whiteSpace: 'normal', minInlineSize: 0 } as const;

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
  const titleId = useGeneratedHtmlId();
  return (
    <EuiModal aria-labelledby={titleId} maxWidth={480} onClose={onClose}>
      <EuiModalHeader>
        <EuiModalHeaderTitle id={titleId} size="s">
          {formatMessage(messages.title)}
        </EuiModalHeaderTitle>
      </EuiModalHeader>
      <EuiModalBody>
        <EuiText size="s" css={{ overflowWrap: 'anywhere' }}>
          <p>
            {formatMessage(messages.text, {
              step: <bdi key="step">{stepName}</bdi>,
              type: <bdi key="type">{typeName}</bdi>,
            })}
          </p>
          {connectors.length === 0 ? (
            <p>{formatMessage(onCreate === undefined ? messages.noneAsk : messages.none)}</p>
          ) : null}
        </EuiText>
        {connectors.length > 0 ? (
          <EuiListGroup
            bordered
            maxWidth={false}
            css={{ marginBlockStart: 12, '.euiListGroupItem__label': LABEL }}
          >
            {connectors.map(({ id, name }) => (
              <EuiListGroupItem
                key={id}
                iconType="plugs"
                label={<TwoLines text={name} />}
                wrapText
                onClick={() => onChoose(id)}
              />
            ))}
          </EuiListGroup>
        ) : null}
      </EuiModalBody>
      <EuiModalFooter css={{ flexWrap: 'wrap' }}>
        <EuiButtonEmpty onClick={onClose}>{formatMessage(messages.cancel)}</EuiButtonEmpty>
        {onCreate === undefined ? null : (
          <EuiButton iconType="plusCircle" onClick={onCreate}>
            {formatMessage(messages.create)}
          </EuiButton>
        )}
      </EuiModalFooter>
    </EuiModal>
  );
}
