import { EuiPageHeader, EuiSkeletonText, EuiSpacer } from '@elastic/eui';
import { defineMessages, HttpClientError, useAppLink, useCore } from '@latchkey/core/public';
import { LoadFailure, NotFound } from '@latchkey/core/public/page_parts';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect } from 'react';
import { type MessageDescriptor, useIntl } from 'react-intl';
import { useSearchParams } from 'react-router';
import { failureText } from '../failure_text.ts';
import {
  bothSteps,
  comparedRunQuery,
  type RunDetails,
  runPaths,
  useMoreSteps,
} from '../run_data/index.ts';
import type { ComparedStep } from './compare_runs.ts';
import { CompareView, type CompareViewProps } from './compare_view.tsx';

const messages = defineMessages({
  title: { id: 'workflows.compare.title', defaultMessage: 'Compare two runs' },
  loading: { id: 'workflows.compare.loading', defaultMessage: 'Loading the runs' },
  failed: { id: 'workflows.compare.failed', defaultMessage: 'The runs could not be loaded' },
  notFound: {
    id: 'workflows.compare.notFound',
    defaultMessage: 'These runs cannot be compared',
  },
  notFoundText: {
    id: 'workflows.compare.notFoundText',
    defaultMessage:
      'One of them does not exist. It may belong to another space, or it was deleted: old runs are deleted after some time.',
  },
  incompleteText: {
    id: 'workflows.compare.incompleteText',
    defaultMessage: 'The link names fewer than two runs. Select two runs in the list.',
  },
  allRuns: { id: 'workflows.runPage.allRuns', defaultMessage: 'All runs' },
});

/** A run as the server returns it. */
type ComparedRunDetails = Omit<RunDetails, 'stepExecutions' | 'failedStepExecution'> & {
  readonly stepExecutions: readonly ComparedStep[];
};

/** Page `/app/workflows/executions/compare?first=ID&second=ID`. */
export function ComparePage(): ReactElement {
  const [params] = useSearchParams();
  const first = params.get('first') ?? '';
  const second = params.get('second') ?? '';
  if (first === '' || second === '') return <NoComparison text={messages.incompleteText} />;
  return <LoadedComparison first={first} second={second} />;
}

function LoadedComparison(props: {
  readonly first: string;
  readonly second: string;
}): ReactElement {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, chrome } = useCore();
  const link = useAppLink();
  const title = formatMessage(messages.title);
  useEffect(() => chrome.setTitle(title), [chrome, title]);
  const first = useQuery(comparedRunQuery(http, props.first));
  const second = useQuery(comparedRunQuery(http, props.second));
  if (first.data !== undefined && second.data !== undefined) {
    return (
      <Comparison
        first={first.data}
        second={second.data}
        linkTo={({ id }) => link(runPaths.run(id))}
      />
    );
  }
  const errors = [first.error, second.error];
  if (errors.some(isMissing)) return <NoComparison text={messages.notFoundText} />;
  const error = first.error ?? second.error;
  return (
    <>
      <EuiPageHeader pageTitle={title} />
      <EuiSpacer size="l" />
      {error === null ? (
        <EuiSkeletonText lines={8} contentAriaLabel={formatMessage(messages.loading)} />
      ) : (
        <LoadFailure
          title={formatMessage(messages.failed)}
          text={failureText(intl, error)}
          onRetry={() => void Promise.all([first.refetch(), second.refetch()])}
        />
      )}
    </>
  );
}

/** Two runs with the steps that the user has loaded. */
function Comparison(
  props: Pick<CompareViewProps, 'linkTo'> & {
    readonly first: ComparedRunDetails;
    readonly second: ComparedRunDetails;
  },
): ReactElement {
  const { first, second, linkTo } = props;
  // The failed step of one run has no counterpart before the page with it is loaded for both.
  const ofFirst = useMoreSteps({ ...first, failedStepExecution: undefined }, true);
  const ofSecond = useMoreSteps({ ...second, failedStepExecution: undefined }, true);
  return (
    <CompareView
      first={{ ...first, stepExecutions: ofFirst.steps }}
      second={{ ...second, stepExecutions: ofSecond.steps }}
      moreSteps={bothSteps(ofFirst, ofSecond)}
      linkTo={linkTo}
    />
  );
}

const isMissing = (error: Error | null): boolean =>
  error instanceof HttpClientError && error.status === 404;

/** Explains why the runs cannot be compared, and links to the list of runs. */
function NoComparison({ text }: { readonly text: MessageDescriptor }): ReactElement {
  const { formatMessage } = useIntl();
  const link = useAppLink();
  return (
    <NotFound
      title={formatMessage(messages.notFound)}
      text={formatMessage(text)}
      link={{ ...link(runPaths.list()), label: formatMessage(messages.allRuns) }}
    />
  );
}
