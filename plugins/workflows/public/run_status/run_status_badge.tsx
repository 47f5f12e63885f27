import { EuiBadge } from '@elastic/eui';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { type RunStatus, runStatusWords } from './run_status_words.ts';

/** Badge with the status of an execution as a word. */
export function RunStatusBadge({ status }: { readonly status: RunStatus }): ReactElement {
  const { formatMessage } = useIntl();
  const { label, color, icon } = runStatusWords(status);
  return (
    <EuiBadge color={color} iconType={icon}>
      {formatMessage(label)}
    </EuiBadge>
  );
}
