import { HttpClientError } from '@latchkey/core/public';
import { STALE_VERSION } from '@latchkey/core/public/mocks';
import type { StoryGroup } from '@latchkey/core/public/stories';
import { RoleFlyout, type RoleFlyoutProps } from './role_flyout.tsx';
import type { RoleView } from './role_form.ts';
import { RolesTable } from './roles_table.tsx';

const nothing = (): void => undefined;
const STALE = new HttpClientError('request_failed', 'stale', STALE_VERSION);
const spaces = [
  { id: 'default', name: 'Default' },
  { id: 'sales', name: 'Sales' },
];

const aRole = (changes: Partial<RoleView> = {}): RoleView => ({
  name: 'sellers',
  description: 'Use the connectors of the sales teams',
  metadata: {},
  kibana: [
    { base: ['read'], feature: {}, spaces: ['sales'] },
    { base: [], feature: { actions: ['all'] }, spaces: ['default'] },
  ],
  elasticsearch: { cluster: [], indices: [], run_as: [] },
  ...changes,
});
const builtIn = aRole({
  name: 'viewer',
  metadata: { _reserved: true },
  kibana: [{ base: [], feature: { actions: ['read'] }, spaces: ['*'] }],
});

const LONG = 'benjamin_of_engineering_'.repeat(8);

const table = (roles: readonly RoleView[]) => (
  <RolesTable roles={roles} spaces={spaces} onOpen={nothing} onDelete={nothing} />
);

const flyout = (changes: Partial<RoleFlyoutProps> = {}) => (
  <RoleFlyout
    stored={undefined}
    features={[
      { id: 'actions', name: 'Actions and Connectors' },
      {
        id: 'api_keys',
        name: 'API keys',
        privileges: { all: { api: ['security:manage-own-api-keys'] }, read: { api: [] } },
      },
      { id: 'monitoring', name: 'Monitoring', onlyInEverySpace: true },
      { id: 'reports', name: 'Reports of another plugin' },
    ]}
    spaces={spaces}
    error={undefined}
    isSaving={false}
    onSubmit={nothing}
    onReload={nothing}
    onClose={nothing}
    {...changes}
  />
);

/** States of the list of roles and of their form. */
export const stories: StoryGroup = {
  title: 'Roles',
  stories: [
    { name: 'none found', render: () => table([]) },
    {
      name: 'list',
      render: () => table([builtIn, aRole(), aRole({ name: 'nothing', kibana: [] })]),
    },
    {
      name: 'names without spaces',
      render: () => table([aRole({ name: LONG, description: LONG })]),
    },
    { name: 'new role', render: () => flyout() },
    { name: 'edit role', render: () => flyout({ stored: aRole() }) },
    {
      name: 'edit role with a long name',
      render: () => flyout({ stored: aRole({ name: LONG }) }),
    },
    {
      name: 'role with privileges of another installation',
      render: () =>
        flyout({
          stored: aRole({
            kibana: [
              {
                base: [],
                feature: { actions: ['read', 'endpoint_security_execute'], discover: ['all'] },
                spaces: ['default'],
              },
            ],
          }),
        }),
    },
    { name: 'built-in role', render: () => flyout({ stored: builtIn }) },
    { name: 'saving', render: () => flyout({ stored: aRole(), isSaving: true }) },
    {
      name: 'changed by another administrator',
      render: () => flyout({ stored: aRole(), error: STALE }),
    },
    { name: 'not saved', render: () => flyout({ stored: aRole(), error: new Error('failed') }) },
  ],
};
