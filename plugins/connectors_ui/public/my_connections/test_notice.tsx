import { EuiCallOut } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { failureWords } from '../authorization/index.ts';
import type { TestResult } from '../connection_controls/index.ts';

const messages = defineMessages({
  ok: { id: 'connectorsUi.test.ok', defaultMessage: 'The connection works' },
  failed: { id: 'connectorsUi.test.failed', defaultMessage: 'The test failed' },
  refused: {
    id: 'connectorsUi.test.refused',
    defaultMessage: 'The service did not accept the call. Try again later, or reconnect.',
  },
});

/** Properties of {@link TestNotice}. */
export interface TestNoticeProps {
  readonly result: TestResult;
  readonly onDismiss: () => void;
}

/** Notice with the result of a connection test. */
export function TestNotice({ result, onDismiss }: TestNoticeProps): ReactElement {
  const { formatMessage } = useIntl();
  if (result.status === 'ok') {
    return (
      <EuiCallOut
        announceOnMount
        size="s"
        heading="p"
        color="success"
        iconType="checkCircle"
        title={formatMessage(messages.ok)}
        onDismiss={onDismiss}
      />
    );
  }
  const { reason } = result;
  const words = reason === undefined ? undefined : failureWords(reason);
  const text =
    words === undefined
      ? formatMessage(messages.refused)
      : `${formatMessage(words.what)} ${formatMessage(words.advice)}`;
  return (
    <EuiCallOut
      announceOnMount
      size="s"
      heading="p"
      color="danger"
      iconType="error"
      title={formatMessage(messages.failed)}
      onDismiss={onDismiss}
    >
      <p>{text}</p>
    </EuiCallOut>
  );
}
