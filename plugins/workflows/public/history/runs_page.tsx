import { EuiSpacer } from '@elastic/eui';
import { defineMessages, useAppLink, useCore } from '@latchkey/core/public';
import { ListPage, ListSkeleton, listFailure } from '@latchkey/core/public/page_parts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactElement, useCallback, useEffect, useMemo, useState } from 'react';
import { useIntl } from 'react-intl';
import { useSearchParams } from 'react-router';
import { failureText } from '../failure_text.ts';
import { type RunFilter, runPaths, runsQuery, useNow } from '../run_data/index.ts';
import { isFinished } from '../run_status/index.ts';
import { workflowQuery } from '../workflow_data/index.ts';
import { readRunFilter, runParams } from './run_filter.ts';
import { RunFilters } from './run_filters.tsx';
import { RunsTable } from './runs_table.tsx';

const messages = defineMessages({
  title: { id: 'workflows.runs.title', defaultMessage: 'Runs of workflows' },
  description: {
    id: 'workflows.runs.description',
    defaultMessage: 'What workflows did, as whom, and what they wait for.',
  },
  failed: { id: 'workflows.runs.failed', defaultMessage: 'The runs could not be loaded' },
});

/** Page `/app/workflows/executions`. Filters and page are in the URL. */
export function RunsPage(): ReactElement {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, chrome, application } = useCore();
  const link = useAppLink();
  const title = formatMessage(messages.title);
  useEffect(() => chrome.setTitle(title), [chrome, title]);
  const [params, setParams] = useSearchParams();
  const filter = useMemo(() => readRunFilter(params), [params]);
  const change = useCallback(
    (next: RunFilter, replace = false) => setParams(runParams(next), { replace }),
    [setParams],
  );
  const found = useQuery({ ...runsQuery(http, filter), placeholderData: keepPreviousData });
  const [chosen, choose] = useState<readonly string[]>([]);
  const runs = found.data?.results ?? [];
  const now = useNow(runs.some(({ status }) => !isFinished(status)));
  const isLoaded = found.data !== undefined && !found.isPlaceholderData;
  const named = useQuery({
    ...workflowQuery(http, filter.workflowId ?? ''),
    // The name of the workflow is usually in its runs. It is requested only if there are no runs.
    enabled: isLoaded && runs.length === 0 && filter.workflowId !== undefined,
  });
  const workflowName =
    runs.find(({ workflowId }) => workflowId === filter.workflowId)?.workflowName ??
    named.data?.name;
  return (
    <ListPage
      title={title}
      description={formatMessage(messages.description)}
      isLoading={false}
      {...listFailure(found, (error) => failureText(intl, error), formatMessage(messages.failed))}
    >
      <RunFilters
        filter={filter}
        workflowName={workflowName}
        onChange={(next) => change(next, true)}
      />
      <EuiSpacer size="l" />
      {found.data === undefined ? (
        <ListSkeleton />
      ) : (
        <RunsTable
          runs={runs}
          total={found.data.total}
          filter={filter}
          isLoading={found.isPlaceholderData}
          now={now}
          chosen={chosen}
          linkTo={({ id }) => link(runPaths.run(id))}
          onChoose={choose}
          onCompare={(first, second) => application.navigate(runPaths.compare(first, second))}
          onChange={change}
        />
      )}
    </ListPage>
  );
}
