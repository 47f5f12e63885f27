import { EuiButton, EuiText } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { failureText } from '../failure_text.ts';
import type { MoreSteps } from './use_more_steps.ts';

const messages = defineMessages({
  hidden: {
    id: 'workflows.moreSteps.hidden',
    defaultMessage:
      '{count, plural, one {# further step is} other {# further steps are}} not shown yet.',
  },
  load: {
    id: 'workflows.moreSteps.load',
    defaultMessage: 'Show {count, plural, one {# more step} other {# more steps}}',
  },
});

/** Button that loads further steps. Nothing when all are shown. */
export function MoreStepsButton(props: {
  readonly more: Pick<MoreSteps, 'hidden' | 'next' | 'isLoading' | 'error' | 'load'>;
}): ReactElement | null {
  const { hidden, next, isLoading, error, load } = props.more;
  const intl = useIntl();
  if (hidden === 0) return null;
  return (
    <div css={{ display: 'grid', gap: 8, justifyItems: 'start', marginBlockStart: 8 }}>
      <EuiText size="s" color={error === null ? 'subdued' : 'danger'}>
        <p role="status">
          {error === null
            ? intl.formatMessage(messages.hidden, { count: hidden })
            : failureText(intl, error)}
        </p>
      </EuiText>
      <EuiButton size="s" isLoading={isLoading} onClick={load}>
        {intl.formatMessage(messages.load, { count: next })}
      </EuiButton>
    </div>
  );
}
