import { HttpClientError } from '@latchkey/core/public';
import { STALE_VERSION } from '@latchkey/core/public/mocks';
import type { StoryGroup } from '@latchkey/core/public/stories';
import { ResetPasswordModal } from './reset_password_modal.tsx';
import { UserFlyout, type UserFlyoutProps } from './user_flyout.tsx';
import type { UserView } from './user_form.ts';
import { UsersTable } from './users_table.tsx';

const nothing = (): void => undefined;

const STALE = new HttpClientError('request_failed', 'stale', STALE_VERSION);

const aUser = (changes: Partial<UserView> = {}): UserView => ({
  username: 'ana',
  roles: ['viewer'],
  full_name: 'Ana Example',
  email: 'ana@example.com',
  metadata: {},
  enabled: true,
  profile_uid: 'u_ana',
  last_login: '2030-01-02T08:00:00.000Z',
  version: 'v1',
  ...changes,
});

const LONG = 'benjamin_of_engineering_'.repeat(8);

const table = (users: readonly UserView[]) => (
  <UsersTable
    users={users}
    total={users.length}
    page={{ page: 1, perPage: 25 }}
    currentUsername="elastic"
    onPage={nothing}
    onEdit={nothing}
    onResetPassword={nothing}
    onSetEnabled={nothing}
    onDelete={nothing}
    onShowGrants={nothing}
  />
);

const flyout = (changes: Partial<UserFlyoutProps> = {}) => (
  <UserFlyout
    user={undefined}
    roles={['superuser', 'editor', 'viewer']}
    error={undefined}
    isSaving={false}
    onSubmit={nothing}
    onReload={nothing}
    onClose={nothing}
    {...changes}
  />
);

const reset = (error?: unknown) => (
  <ResetPasswordModal
    username="ana"
    error={error}
    isSaving={false}
    onSubmit={nothing}
    onClose={nothing}
  />
);

/** States of the list of users and of their forms. */
export const stories: StoryGroup = {
  title: 'Users',
  stories: [
    { name: 'none found', render: () => table([]) },
    {
      name: 'list',
      render: () =>
        table([
          aUser(),
          aUser({
            username: 'ben',
            full_name: null,
            email: null,
            roles: [],
            enabled: false,
            last_login: null,
          }),
          aUser({ username: 'elastic', full_name: null, email: null, roles: ['superuser'] }),
        ]),
    },
    {
      name: 'names without spaces',
      render: () =>
        table([
          aUser({ full_name: LONG, email: `${LONG}@example.com`, roles: [LONG, 'viewer'] }),
          aUser({ username: LONG, full_name: null, email: null }),
        ]),
    },
    { name: 'new user', render: () => flyout() },
    { name: 'edit user', render: () => flyout({ user: aUser() }) },
    {
      name: 'edit user with a long name',
      render: () => flyout({ user: aUser({ username: LONG, roles: [LONG] }) }),
    },
    { name: 'saving', render: () => flyout({ user: aUser(), isSaving: true }) },
    {
      name: 'changed by another administrator',
      render: () => flyout({ user: aUser(), error: STALE }),
    },
    { name: 'not saved', render: () => flyout({ user: aUser(), error: new Error('failed') }) },
    { name: 'reset password', render: () => reset() },
    { name: 'password not reset', render: () => reset(new Error('failed')) },
  ],
};
