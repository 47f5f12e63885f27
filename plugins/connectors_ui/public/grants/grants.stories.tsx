import { EuiSpacer } from '@elastic/eui';
import type { StoryGroup } from '@latchkey/core/public/stories';
import { readGrantFilter } from './grant_filter.ts';
import { GrantFilters } from './grant_filters.tsx';
import type { RevocationJob } from './grant_queries.ts';
import { type Grant, GrantsTable, type GrantsTableProps } from './grants_table.tsx';
import { JobList } from './job_list.tsx';
import { RevocationDialog, type RevocationDialogProps } from './revocation_dialog.tsx';
import { UsersCut } from './users_cut.tsx';

const nothing = (): void => undefined;

const ALL = readGrantFilter(new URLSearchParams());
const GRANTS: readonly Grant[] = [
  {
    profile_uid: 'u_1',
    username: 'ana',
    connector_id: 'drive',
    connector_name: 'Team Drive',
    account: 'ana@example.com',
    connection_status: 'connected',
    connected_at: '2026-10-01T09:00:00Z',
    last_used_at: '2026-11-28T09:00:00Z',
  },
  {
    profile_uid: 'u_2',
    username: 'ben',
    connector_id: 'mail',
    connector_name: 'Mail of the team',
    account: 'ben@example.com',
    connection_status: 'needs_reauth',
    connected_at: '2026-01-01T09:00:00Z',
  },
  {
    profile_uid: 'u_3',
    connector_id: 'drive',
    connector_name: 'Team Drive',
    connection_status: 'revocation_pending',
  },
];

const LONG = 'engineering_documents_'.repeat(9);
const LONG_NAMED: readonly Grant[] = GRANTS.map((grant) => ({
  ...grant,
  username: LONG,
  connector_name: LONG,
  account: `${LONG}@example.com`,
}));

const table = (changes: Partial<GrantsTableProps>) => (
  <GrantsTable
    page={{ grants: [...GRANTS], total: 3 }}
    filter={ALL}
    isLoading={false}
    chosen={[]}
    onChange={nothing}
    onChoose={nothing}
    onEnd={nothing}
    {...changes}
  />
);

const page = (changes: Partial<GrantsTableProps>) => (
  <>
    <GrantFilters
      filter={changes.filter ?? ALL}
      connectors={[{ id: 'drive', name: 'Team Drive' }]}
      username="ana"
      onChange={nothing}
    />
    <EuiSpacer size="l" />
    {table(changes)}
  </>
);

const dialog = (changes: Partial<RevocationDialogProps>) => (
  <RevocationDialog
    scope="connector"
    name="Team Drive"
    count={12}
    isStarting={false}
    failure={undefined}
    onConfirm={nothing}
    onClose={nothing}
    {...changes}
  />
);

const aJob = (changes: Partial<RevocationJob>): RevocationJob => ({
  id: 'job-1',
  scope: { type: 'connector', connector_id: 'drive' },
  reason: 'mass_revoke',
  state: 'running',
  is_settled: false,
  created_at: '2026-11-28T09:00:00Z',
  total: 200,
  ended: 80,
  failed: 0,
  revocation: { revoked: 60, waiting: 20, failed: 0, unsupported: 0, replaced: 0 },
  ...changes,
});

const jobs = (list: readonly RevocationJob[]) => (
  <JobList
    jobs={list}
    connectorName={(id) => ({ drive: 'Team Drive', long: LONG })[id]}
    onCancel={nothing}
  />
);

/** States of the parts of the page of authorizations. */
export const stories: StoryGroup = {
  title: 'Authorizations of users',
  stories: [
    { name: 'all', render: () => page({}) },
    {
      name: 'of one user',
      render: () =>
        page({
          filter: { ...ALL, userId: 'u_1' },
          page: { grants: GRANTS.slice(0, 1), total: 1 },
        }),
    },
    {
      name: 'names without spaces',
      render: () => page({ page: { grants: [...LONG_NAMED], total: 3 } }),
    },
    {
      name: 'page emptied by another administrator',
      render: () => page({ filter: { ...ALL, page: 1 }, page: { grants: [], total: 25 } }),
    },
    { name: 'chosen', render: () => page({ chosen: GRANTS }) },
    { name: 'empty', render: () => page({ page: { grants: [], total: 0 } }) },
    {
      name: 'no match',
      render: () => page({ filter: { ...ALL, search: 'zoe' }, page: { grants: [], total: 0 } }),
    },
    { name: 'more users match than are searched', render: () => <UsersCut count={500} /> },
    { name: 'counting', render: () => dialog({ count: undefined }) },
    { name: 'question about a connector', render: () => dialog({}) },
    { name: 'question about a user', render: () => dialog({ scope: 'user', name: 'ana' }) },
    { name: 'question about all users', render: () => dialog({ scope: 'all', name: '' }) },
    { name: 'nothing to end', render: () => dialog({ count: 0 }) },
    {
      name: 'not started',
      render: () =>
        dialog({
          failure: {
            title: 'The authorizations were not ended',
            text: 'Your roles do not allow this.',
          },
        }),
    },
    {
      name: 'question about a user with a long name',
      render: () => dialog({ scope: 'user', name: LONG }),
    },
    { name: 'running job', render: () => jobs([aJob({})]) },
    {
      name: 'job of a name without spaces',
      render: () => jobs([aJob({ scope: { type: 'connector', connector_id: 'long' } })]),
    },
    {
      name: 'finished jobs',
      render: () =>
        jobs([
          aJob({
            id: 'a',
            state: 'completed',
            ended: 200,
            is_settled: true,
            revocation: { revoked: 200, waiting: 0, failed: 0, unsupported: 0, replaced: 0 },
          }),
          aJob({
            id: 'c',
            scope: { type: 'connector', connector_id: 'deleted' },
            state: 'completed',
            ended: 200,
            is_settled: true,
            revocation: { revoked: 200, waiting: 0, failed: 0, unsupported: 0, replaced: 0 },
          }),
          aJob({
            id: 'b',
            scope: { type: 'user' },
            state: 'cancelled',
            revocation: { revoked: 70, waiting: 0, failed: 6, unsupported: 4, replaced: 0 },
          }),
        ]),
    },
  ],
};
