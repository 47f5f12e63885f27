import { EuiCallOut, EuiText } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { type RunError, runErrorWords } from '../run_data/index.ts';

const messages = defineMessages({
  atStep: { id: 'workflows.runFailure.atStep', defaultMessage: 'Step {name}: {what}' },
  hidden: {
    id: 'workflows.runFailure.hidden',
    defaultMessage: 'Only the user of the run sees the message of the service.',
  },
});

/**
 * Notice about a failed run or step: what failed, the message of the service, and what can be done
 * by whom.
 */
export function RunErrorNotice(props: {
  readonly error: RunError;
  /** Step that failed. `undefined`: the page shows the error at the step. */
  readonly stepName?: string | undefined;
  /** `false`: this user may not see the message. */
  readonly isReadable: boolean;
}): ReactElement {
  const { error, stepName, isReadable } = props;
  const { formatMessage } = useIntl();
  const words = runErrorWords(error.type);
  const what = formatMessage(words.what);
  return (
    <EuiCallOut
      color="danger"
      iconType="error"
      size="s"
      heading="p"
      title={
        stepName === undefined ? what : formatMessage(messages.atStep, { name: stepName, what })
      }
    >
      {isReadable ? (
        <>
          <p css={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>{error.message}</p>
          <p>{formatMessage(words.advice)}</p>
        </>
      ) : (
        <p>{formatMessage(messages.hidden)}</p>
      )}
      <EuiText size="xs" color="subdued">
        <code>{error.type}</code>
      </EuiText>
    </EuiCallOut>
  );
}
