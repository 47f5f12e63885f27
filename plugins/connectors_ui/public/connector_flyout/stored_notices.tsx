import { EuiCallOut, EuiSpacer } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import type { ConnectorFormBody } from '../connector_data/index.ts';

const messages = defineMessages({
  preconfigured: {
    id: 'connectorsUi.edit.readOnly.preconfigured',
    defaultMessage: 'This connector is part of the configuration of the server',
  },
  preconfiguredText: {
    id: 'connectorsUi.edit.readOnly.preconfiguredText',
    defaultMessage:
      'Only the operator of the server can change it, in the configuration file. You can still use and test it.',
  },
  typeDisabled: {
    id: 'connectorsUi.edit.readOnly.typeDisabled',
    defaultMessage: 'The type of this connector is disabled',
  },
  typeDisabledText: {
    id: 'connectorsUi.edit.readOnly.typeDisabledText',
    defaultMessage:
      'The operator of the server disabled the type, so the connector cannot be used or changed.',
  },
  unknownType: {
    id: 'connectorsUi.edit.readOnly.unknownType',
    defaultMessage: 'This server does not have the type of this connector',
  },
  unknownTypeText: {
    id: 'connectorsUi.edit.readOnly.unknownTypeText',
    defaultMessage: 'It may need a plugin that is not installed. You can delete the connector.',
  },
  unreadable: {
    id: 'connectorsUi.edit.unreadable',
    defaultMessage: 'The stored credentials cannot be read',
  },
  unreadableText: {
    id: 'connectorsUi.edit.unreadableText',
    defaultMessage:
      'They are damaged, or were encrypted with a key that no longer exists. Enter all credentials again to repair the connector.',
  },
  keyMissing: {
    id: 'connectorsUi.edit.keyMissing',
    defaultMessage: 'This server lacks the key of the stored credentials',
  },
  keyMissingText: {
    id: 'connectorsUi.edit.keyMissingText',
    defaultMessage:
      'The operator has to add it to the settings, or you use another server of this installation.',
  },
});

const READ_ONLY = {
  preconfigured: { title: messages.preconfigured, text: messages.preconfiguredText },
  type_disabled: { title: messages.typeDisabled, text: messages.typeDisabledText },
  unknown_type: { title: messages.unknownType, text: messages.unknownTypeText },
} as const;

const PROBLEMS = {
  unreadable: { title: messages.unreadable, text: messages.unreadableText },
  key_not_configured: { title: messages.keyMissing, text: messages.keyMissingText },
} as const;

/** Notices about a connector that cannot be edited or needs a repair. Renders nothing otherwise. */
export function StoredNotices(props: {
  readonly stored: Pick<ConnectorFormBody, 'read_only_reason' | 'secrets_problem'>;
}): ReactElement {
  const { read_only_reason: reason, secrets_problem: problem } = props.stored;
  const { formatMessage } = useIntl();
  return (
    <>
      {reason === undefined ? null : (
        <>
          <EuiCallOut
            color="primary"
            iconType="lock"
            title={formatMessage(READ_ONLY[reason].title)}
          >
            <p>{formatMessage(READ_ONLY[reason].text)}</p>
          </EuiCallOut>
          <EuiSpacer size="m" />
        </>
      )}
      {problem === undefined ? null : (
        <>
          <EuiCallOut
            color="warning"
            iconType="warning"
            title={formatMessage(PROBLEMS[problem].title)}
          >
            <p>{formatMessage(PROBLEMS[problem].text)}</p>
          </EuiCallOut>
          <EuiSpacer size="m" />
        </>
      )}
    </>
  );
}
