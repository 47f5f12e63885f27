import {
  EuiButton,
  EuiEmptyPrompt,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormRow,
  EuiSelect,
  EuiSkeletonText,
  EuiSpacer,
} from '@elastic/eui';
import { cancelRevocationJob } from '@latchkey/actions-plugin/common';
import { defineMessages, useCore } from '@latchkey/core/public';
import { ListPage, LoadFailure } from '@latchkey/core/public/page_parts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect, useState } from 'react';
import { useIntl } from 'react-intl';
import { useSearchParams } from 'react-router';
import { overviewQuery } from '../connection_status/index.ts';
import { connectorKeys, grantsQuery } from '../connector_data/index.ts';
import { errorText } from '../error_text.ts';
import { grantKeys, jobsQuery, type RevocationJob } from './grant_queries.ts';
import { type Grant, GrantsTable } from './grants_table.tsx';
import { JobList } from './job_list.tsx';
import { RevocationDialog } from './revocation_dialog.tsx';
import { useEndGrants } from './use_end_grants.ts';
import { useRevocation } from './use_revocation.ts';

const messages = defineMessages({
  title: { id: 'connectorsUi.grants.title', defaultMessage: 'Authorizations' },
  description: {
    id: 'connectorsUi.grants.description',
    defaultMessage: 'Accounts that users have connected, and ways to end them.',
  },
  connector: { id: 'connectorsUi.grants.connector', defaultMessage: 'Connector' },
  endAll: {
    id: 'connectorsUi.grants.endAll',
    defaultMessage: 'End all of this connector',
  },
  endEverything: {
    id: 'connectorsUi.grants.endEverything',
    defaultMessage: 'End all authorizations',
  },
  nonePersonal: {
    id: 'connectorsUi.grants.nonePersonal',
    defaultMessage: 'No connector in this space uses personal accounts',
  },
  failed: {
    id: 'connectorsUi.grants.failed',
    defaultMessage: 'The authorizations could not be loaded',
  },
  loading: { id: 'connectorsUi.grants.loading', defaultMessage: 'Loading authorizations' },
});

/** Page `/app/grants`. `?connector=ID` chooses the connector. */
export function GrantsPage(): ReactElement {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, chrome, queryClient } = useCore();
  const title = formatMessage(messages.title);
  useEffect(() => chrome.setTitle(title), [chrome, title]);
  const { data: overview, error, isPending, refetch } = useQuery(overviewQuery(http));
  const { data: jobs } = useQuery(jobsQuery(http));
  const connectors = overview?.connectors?.filter(({ auth_mode: mode }) => mode === 'per-user');
  const revocation = useRevocation();
  const cancel = async ({ id }: RevocationJob) => {
    await http.call(cancelRevocationJob, { params: { id } });
    await queryClient.invalidateQueries({ queryKey: grantKeys.jobs() });
  };
  return (
    <>
      <ListPage
        title={title}
        description={formatMessage(messages.description)}
        action={
          <EuiButton
            color="danger"
            onClick={() => revocation.ask({ scope: { type: 'all' }, name: '' })}
          >
            {formatMessage(messages.endEverything)}
          </EuiButton>
        }
        isLoading={isPending}
        failure={
          connectors === undefined && !isPending
            ? {
                title: formatMessage(messages.failed),
                text: errorText(intl, error),
                onRetry: () => void refetch(),
              }
            : undefined
        }
      >
        <Connectors connectors={connectors ?? []} revocation={revocation} />
      </ListPage>
      <EuiSpacer size="xl" />
      <JobList
        jobs={jobs ?? []}
        connectorName={(id) => overview?.connectors?.find((one) => one.id === id)?.name}
        onCancel={(job) => void cancel(job)}
      />
      {revocation.dialog === undefined ? null : <RevocationDialog {...revocation.dialog} />}
    </>
  );
}

function Connectors(props: {
  readonly connectors: readonly { readonly id: string; readonly name: string }[];
  readonly revocation: ReturnType<typeof useRevocation>;
}): ReactElement {
  const { connectors, revocation } = props;
  const { formatMessage } = useIntl();
  const [params, setParams] = useSearchParams();
  const wanted = params.get('connector');
  const connector = connectors.find(({ id }) => id === wanted) ?? connectors[0];
  if (connector === undefined) {
    return (
      <EuiEmptyPrompt
        color="subdued"
        iconType="users"
        title={<h2>{formatMessage(messages.nonePersonal)}</h2>}
      />
    );
  }
  return (
    <>
      <EuiFlexGroup alignItems="flexEnd" gutterSize="m" wrap>
        <EuiFlexItem css={{ maxInlineSize: 400, minInlineSize: 220 }}>
          <EuiFormRow fullWidth label={formatMessage(messages.connector)}>
            <EuiSelect
              fullWidth
              value={connector.id}
              options={connectors.map(({ id, name }) => ({ value: id, text: name }))}
              onChange={(event) => setParams({ connector: event.target.value }, { replace: true })}
            />
          </EuiFormRow>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiButton
            color="danger"
            iconType="linkSlash"
            onClick={() =>
              revocation.ask({
                scope: { type: 'connector', connector_id: connector.id },
                name: connector.name,
              })
            }
          >
            {formatMessage(messages.endAll)}
          </EuiButton>
        </EuiFlexItem>
      </EuiFlexGroup>
      <EuiSpacer size="l" />
      <Grants key={connector.id} connectorId={connector.id} revocation={revocation} />
    </>
  );
}

function Grants(props: {
  readonly connectorId: string;
  readonly revocation: ReturnType<typeof useRevocation>;
}): ReactElement {
  const { connectorId, revocation } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, queryClient } = useCore();
  const [page, setPage] = useState(0);
  const [chosen, choose] = useState<readonly Grant[]>([]);
  const { data, error, isFetching, refetch } = useQuery({
    ...grantsQuery(http, connectorId, page),
    placeholderData: keepPreviousData,
  });
  const endGrants = useEndGrants(connectorId, async () => {
    choose([]);
    await queryClient.invalidateQueries({ queryKey: connectorKeys.one(connectorId) });
  });
  if (data === undefined) {
    return error === null ? (
      <EuiSkeletonText lines={6} contentAriaLabel={formatMessage(messages.loading)} />
    ) : (
      <LoadFailure
        title={formatMessage(messages.failed)}
        text={errorText(intl, error)}
        onRetry={() => void refetch()}
      />
    );
  }
  return (
    <GrantsTable
      page={data}
      pageIndex={page}
      isLoading={isFetching}
      chosen={chosen}
      onPage={setPage}
      onChoose={choose}
      onEnd={(grants) => void endGrants(grants)}
      onEndAllOfUser={({ profile_uid: uid, username }) =>
        revocation.ask({ scope: { type: 'user', profile_uid: uid }, name: username ?? '' })
      }
    />
  );
}
