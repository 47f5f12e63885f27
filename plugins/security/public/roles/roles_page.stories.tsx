import { coreStartMock, FakeServer, SERVER_ERROR } from '@latchkey/core/public/mocks';
import { StoryCore, type StoryGroup } from '@latchkey/core/public/stories';
import type { ReactElement } from 'react';
import type { RoleView } from './role_form.ts';
import { RolesPage } from './roles_page.tsx';

const LIST = 'get /internal/security/roles';
const FEATURES = 'get /internal/security/features';

const roleOf = (name: string, changes: Partial<RoleView> = {}) => ({
  name,
  metadata: {},
  transient_metadata: { enabled: true },
  elasticsearch: { cluster: [], indices: [], run_as: [] },
  kibana: [],
  _transform_error: [],
  _unrecognized_applications: [],
  version: 'v1',
  ...changes,
});
const ROLES = [
  roleOf('superuser', {
    metadata: { _reserved: true },
    kibana: [{ base: ['all'], feature: {}, spaces: ['*'] }],
  }),
  roleOf('viewer', {
    metadata: { _reserved: true },
    kibana: [{ base: ['read'], feature: {}, spaces: ['*'] }],
  }),
  roleOf('sellers', {
    description: 'Connect their accounts, and run workflows',
    kibana: [
      { base: [], feature: { actions: ['read'], workflows: ['read'] }, spaces: ['default'] },
    ],
  }),
];

const page = (response: object) => (): ReactElement => (
  <StoryCore
    create={(boot) =>
      coreStartMock({ fetch: new FakeServer().on(LIST, response).on(FEATURES, []).fetch, boot })
    }
  >
    <RolesPage />
  </StoryCore>
);

/** The whole page of roles. */
export const stories: StoryGroup = {
  title: 'Roles, whole page',
  stories: [
    { name: 'several roles', render: page(ROLES) },
    { name: 'not loaded', render: page(SERVER_ERROR) },
  ],
};
