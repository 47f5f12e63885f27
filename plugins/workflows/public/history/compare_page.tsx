import { EuiSkeletonText } from '@elastic/eui';
import { defineMessages, useAppLink, useCore } from '@latchkey/core/public';
import { LoadFailure } from '@latchkey/core/public/page_parts';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect } from 'react';
import { useIntl } from 'react-intl';
import { useSearchParams } from 'react-router';
import { failureText } from '../failure_text.ts';
import { comparedRunQuery, runPaths } from '../run_data/index.ts';
import { CompareView } from './compare_view.tsx';

const messages = defineMessages({
  title: { id: 'workflows.compare.title', defaultMessage: 'Compare two runs' },
  loading: { id: 'workflows.compare.loading', defaultMessage: 'Loading the runs' },
  failed: { id: 'workflows.compare.failed', defaultMessage: 'The runs could not be loaded' },
});

/** Page `/app/workflows/executions/compare?first=ID&second=ID`. */
export function ComparePage(): ReactElement {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, chrome } = useCore();
  const link = useAppLink();
  const title = formatMessage(messages.title);
  useEffect(() => chrome.setTitle(title), [chrome, title]);
  const [params] = useSearchParams();
  const first = useQuery(comparedRunQuery(http, params.get('first') ?? ''));
  const second = useQuery(comparedRunQuery(http, params.get('second') ?? ''));
  if (first.data !== undefined && second.data !== undefined) {
    return (
      <CompareView
        first={first.data}
        second={second.data}
        linkTo={({ id }) => link(runPaths.run(id))}
      />
    );
  }
  const error = first.error ?? second.error;
  if (error === null)
    return <EuiSkeletonText lines={8} contentAriaLabel={formatMessage(messages.loading)} />;
  return (
    <LoadFailure
      title={formatMessage(messages.failed)}
      text={failureText(intl, error)}
      onRetry={() => void Promise.all([first.refetch(), second.refetch()])}
    />
  );
}
