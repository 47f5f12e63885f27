import { coreStartMock, FakeServer, SERVER_ERROR } from '@latchkey/core/public/mocks';
import { StoryCore, type StoryGroup } from '@latchkey/core/public/stories';
import type { ReactElement } from 'react';
import type { UserView } from './user_form.ts';
import { UsersPage } from './users_page.tsx';

const LIST = 'get /internal/security/users/_query';

const userOf = (username: string, changes: Partial<UserView> = {}): UserView => ({
  username,
  roles: ['viewer'],
  full_name: null,
  email: null,
  metadata: {},
  enabled: true,
  profile_uid: `u_${username}`,
  last_login: '2030-01-02T08:00:00.000Z',
  version: 'v1',
  ...changes,
});
const USERS = [
  userOf('ana', { full_name: 'Ana Lima', email: 'ana@example.com', roles: ['sellers', 'viewer'] }),
  userOf('ben', { full_name: 'Ben Okafor', email: 'ben@example.com', enabled: false }),
  userOf('chloe', { full_name: 'Chloe Martin', roles: [], last_login: null }),
  userOf('elastic', { roles: ['superuser'] }),
];

const page = (response: object) => (): ReactElement => (
  <StoryCore
    create={(boot) => coreStartMock({ fetch: new FakeServer().on(LIST, response).fetch, boot })}
  >
    <UsersPage />
  </StoryCore>
);

/** The whole page of users. */
export const stories: StoryGroup = {
  title: 'Users, whole page',
  stories: [
    {
      name: 'several users',
      render: page({ users: USERS, total: USERS.length, page: 1, per_page: 25 }),
    },
    { name: 'not loaded', render: page(SERVER_ERROR) },
  ],
};
