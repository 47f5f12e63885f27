import { EuiButton, EuiButtonEmpty, EuiCallOut, EuiFlexGroup, EuiSpacer } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  title: {
    id: 'connectorsUi.stale.title',
    defaultMessage: 'The connector has changed since you opened it',
  },
  text: {
    id: 'connectorsUi.stale.text',
    defaultMessage:
      'Another user has saved it, or you have in another tab. Nothing was saved now, and the form still has what you entered. Credentials that you left unchanged stay as they are stored.',
  },
  reload: {
    id: 'connectorsUi.stale.reload',
    defaultMessage: 'Discard input and load new values',
  },
  overwrite: {
    id: 'connectorsUi.stale.overwrite',
    defaultMessage: 'Overwrite with these values',
  },
});

/** Choice after a save that was refused because the connector was changed meanwhile. */
export function StaleNotice(props: {
  readonly onReload: () => void;
  readonly onOverwrite: () => void;
}): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <>
      <EuiCallOut
        announceOnMount
        color="warning"
        iconType="warning"
        title={formatMessage(messages.title)}
      >
        <p>{formatMessage(messages.text)}</p>
        <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
          <EuiButton size="s" color="warning" onClick={props.onReload}>
            {formatMessage(messages.reload)}
          </EuiButton>
          <EuiButtonEmpty size="s" color="warning" onClick={props.onOverwrite}>
            {formatMessage(messages.overwrite)}
          </EuiButtonEmpty>
        </EuiFlexGroup>
      </EuiCallOut>
      <EuiSpacer size="m" />
    </>
  );
}
