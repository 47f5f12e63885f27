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
} as const;

const PROBLEMS = {
  unreadable: { title: messages.unreadable, text: messages.unreadableText },
  key_not_configured: { title: messages.keyMissing, text: messages.keyMissingText },
} as const;

/**
 * Notices about a connector that cannot be edited or must be repaired. Renders nothing if neither
 * applies.
 */
export function StoredNotices(props: {
  readonly stored: Pick<ConnectorFormBody, 'read_only_reason' | 'secrets_problem'>;
}): ReactElement {
  const { read_only_reason: reason, secrets_problem: problem } = props.stored;
  const { formatMessage } = useIntl();
  // A connector of an unknown type has no form, so it has no such notice.
  const readOnly =
    reason === undefined || reason === 'unknown_type' ? undefined : READ_ONLY[reason];
  return (
    <>
      {readOnly === undefined ? null : (
        <>
          <EuiCallOut color="primary" iconType="lock" title={formatMessage(readOnly.title)}>
            <p>{formatMessage(readOnly.text)}</p>
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
