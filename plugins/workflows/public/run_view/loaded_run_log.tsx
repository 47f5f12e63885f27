import { useCore } from '@latchkey/core/public';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { useIntl } from 'react-intl';
import { failureText } from '../failure_text.ts';
import { LOG_PAGE_SIZE, type RunDetails, runLogQuery } from '../run_data/index.ts';
import { isFinished } from '../run_status/index.ts';
import { RunLog, type RunLogState } from './run_log.tsx';

/** Log of a run, loaded page by page. It is loaded repeatedly until the run has ended. */
export function LoadedRunLog({ run }: { readonly run: RunDetails }): ReactElement {
  const intl = useIntl();
  const { http } = useCore();
  const [page, setPage] = useState(0);
  const isEnded = isFinished(run.status);
  const { data, error, refetch } = useQuery({
    ...runLogQuery(http, run.id, { page, isEnded }),
    placeholderData: keepPreviousData,
  });
  const state: RunLogState =
    data !== undefined
      ? {
          status: 'ready',
          lines: data.logs,
          total: data.total,
          page,
          pageSize: LOG_PAGE_SIZE,
          onPage: setPage,
        }
      : error === null
        ? { status: 'loading' }
        : {
            status: 'failed',
            message: failureText(intl, error),
            onRetry: () => void refetch(),
          };
  return <RunLog state={state} isEnded={isEnded} />;
}
