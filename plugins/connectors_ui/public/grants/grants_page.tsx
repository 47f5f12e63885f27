import { EuiButtonEmpty, EuiSpacer } from '@elastic/eui';
import { cancelRevocationJob } from '@latchkey/actions-plugin/common';
import { defineMessages, useCore } from '@latchkey/core/public';
import { ListPage, listFailure, usePageParams } from '@latchkey/core/public/page_parts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useIntl } from 'react-intl';
import { overviewQuery } from '../connection_status/index.ts';
import { errorText } from '../error_text.ts';
import { type GrantFilter, grantParams, readGrantFilter } from './grant_filter.ts';
import { GrantFilters } from './grant_filters.tsx';
import { grantKeys, grantsQuery, jobsQuery, type RevocationJob } from './grant_queries.ts';
import { type Grant, GrantsTable, type GrantsTableProps, grantIdOf } from './grants_table.tsx';
import { JobList } from './job_list.tsx';
import { RevocationDialog } from './revocation_dialog.tsx';
import { useEndGrants } from './use_end_grants.ts';
import { type PageRevocationScope, revocationOf, useRevocation } from './use_revocation.ts';
import { UsersCut } from './users_cut.tsx';

const messages = defineMessages({
  title: { id: 'connectorsUi.grants.title', defaultMessage: 'Authorizations' },
  description: {
    id: 'connectorsUi.grants.description',
    defaultMessage: 'Accounts that users have connected, and ways to end them.',
  },
  connector: { id: 'connectorsUi.grants.endAll', defaultMessage: 'End all of this connector' },
  user: { id: 'connectorsUi.grants.endAllOfUser', defaultMessage: 'End all of this user' },
  all: { id: 'connectorsUi.grants.endEverything', defaultMessage: 'End all authorizations' },
  failed: {
    id: 'connectorsUi.grants.failed',
    defaultMessage: 'The authorizations could not be loaded',
  },
});

/** Page `/app/grants`. Filters, order and page are in the URL. */
export function GrantsPage(): ReactElement {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, chrome } = useCore();
  const title = formatMessage(messages.title);
  useEffect(() => chrome.setTitle(title), [chrome, title]);
  const { data: overview } = useQuery(overviewQuery(http));
  const [params, changeParams] = usePageParams();
  const filter = useMemo(() => readGrantFilter(params), [params]);
  const change = useCallback(
    (changes: Partial<GrantFilter>) =>
      // While the user types, the entry of the history is replaced, so that not every letter adds
      // one.
      changeParams(grantParams(changes), { replace: changes.search !== undefined }),
    [changeParams],
  );
  const found = useQuery({ ...grantsQuery(http, filter), placeholderData: keepPreviousData });
  const connectors = useMemo(
    () => overview?.connectors?.filter(({ auth_mode: mode }) => mode === 'per-user') ?? [],
    [overview],
  );
  const nameOf = (id: string) => connectors.find((one) => one.id === id)?.name;
  const revocation = useRevocation((scope) => {
    if (scope.type === 'connector') return nameOf(scope.connector_id) ?? scope.connector_id;
    return scope.type === 'user' ? (found.data?.username ?? '') : '';
  });
  const scope = revocationOf(filter);
  return (
    <>
      <ListPage
        title={title}
        description={formatMessage(messages.description)}
        action={scope && <EndAll key="all" scope={scope} onAsk={revocation.ask} />}
        isLoading={found.isPending}
        {...listFailure(found, (error) => errorText(intl, error), formatMessage(messages.failed))}
      >
        <GrantFilters
          filter={filter}
          connectors={connectors}
          username={found.data?.username}
          onChange={change}
        />
        <EuiSpacer size="l" />
        {found.data?.users_cut_to === undefined ? null : (
          <UsersCut count={found.data.users_cut_to} />
        )}
        {found.data && (
          <Grants
            page={found.data}
            filter={filter}
            isLoading={found.isPlaceholderData}
            onChange={change}
          />
        )}
      </ListPage>
      <EuiSpacer size="xl" />
      <Jobs connectorName={nameOf} />
      {revocation.dialog === undefined ? null : <RevocationDialog {...revocation.dialog} />}
    </>
  );
}

function EndAll(props: {
  readonly scope: PageRevocationScope;
  readonly onAsk: (scope: PageRevocationScope) => void;
}): ReactElement {
  const { scope, onAsk } = props;
  const { formatMessage } = useIntl();
  return (
    <EuiButtonEmpty color="danger" iconType="linkSlash" onClick={() => onAsk(scope)}>
      {formatMessage(messages[scope.type])}
    </EuiButtonEmpty>
  );
}

function Grants(props: Omit<GrantsTableProps, 'chosen' | 'onChoose' | 'onEnd'>): ReactElement {
  const { queryClient } = useCore();
  const { page } = props;
  const [chosenBefore, choose] = useState<readonly Grant[]>([]);
  const chosen = useMemo(() => {
    const ids = new Set(chosenBefore.map(grantIdOf));
    return page.grants.filter((grant) => ids.has(grantIdOf(grant)));
  }, [chosenBefore, page]);
  const endGrants = useEndGrants(async () => {
    choose([]);
    await queryClient.invalidateQueries({ queryKey: grantKeys.all });
  });
  return (
    <GrantsTable
      {...props}
      chosen={chosen}
      onChoose={choose}
      onEnd={(grants) => void endGrants(grants)}
    />
  );
}

/** Loads the list of authorizations again whenever a job has ended or revoked some. */
function useEndedGrants(jobs: readonly RevocationJob[] | undefined): void {
  const { queryClient } = useCore();
  const progress = jobs
    ?.map(({ id, state, ended, revocation }) =>
      [id, state, ended, ...Object.values(revocation)].join(' '),
    )
    .join();
  const seen = useRef(progress);
  useEffect(() => {
    const isFirst = seen.current === undefined;
    if (seen.current === progress) return;
    seen.current = progress;
    if (!isFirst) void queryClient.invalidateQueries({ queryKey: grantKeys.lists() });
  }, [progress, queryClient]);
}

/**
 * List of mass revocations. The server stores them, so their progress is shown again after a reload
 * of the page.
 */
function Jobs(props: { readonly connectorName: (id: string) => string | undefined }): ReactElement {
  const { http, queryClient } = useCore();
  const { data: jobs } = useQuery(jobsQuery(http));
  useEndedGrants(jobs);
  const cancel = async ({ id }: RevocationJob) => {
    await http.call(cancelRevocationJob, { params: { id } });
    await queryClient.invalidateQueries({ queryKey: grantKeys.jobs() });
  };
  return (
    <JobList
      jobs={jobs ?? []}
      connectorName={props.connectorName}
      onCancel={(job) => void cancel(job)}
    />
  );
}
