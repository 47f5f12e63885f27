import { coreStartMock, FakeServer, SERVER_ERROR } from '@latchkey/core/public/mocks';
import { StoryCore, type StoryGroup } from '@latchkey/core/public/stories';
import type { ReactElement } from 'react';
import { MANAGE_OWN_API_KEYS } from '../../common/index.ts';
import { ProfilePage } from './profile_page.tsx';

const SESSIONS = 'get /internal/security/sessions';
const KEYS = 'get /internal/security/api_key';

const aSession = (changes: object) => ({
  created_at: '2030-01-02T08:00:00.000Z',
  last_used_at: '2030-01-02T09:30:00.000Z',
  browser: 'Firefox',
  system: 'Linux',
  is_current: false,
  ...changes,
});
const sessions = [aSession({ is_current: true }), aSession({ browser: 'Chrome', system: null })];
const KEY = {
  id: 'a',
  name: 'nightly report',
  type: 'rest',
  creation: Date.UTC(2030, 0, 2),
  expiration: Date.UTC(2099, 0, 2),
  invalidated: false,
  username: 'ana',
  profile_uid: 'u_ana',
  realm: 'native',
  metadata: {},
  role_descriptors: {},
};
const keysOf = (...apiKeys: object[]) => ({
  apiKeys,
  total: apiKeys.length,
  canManageCrossClusterApiKeys: false,
  canManageApiKeys: false,
  canManageOwnApiKeys: true,
  page: 1,
  per_page: 100,
});

/** Renders the whole page with these responses. */
function Page(props: {
  readonly server: FakeServer;
  /** `false`: the user may not create API keys. Default: `true`. */
  readonly mayCreateKeys?: boolean;
  readonly fullName?: string;
}): ReactElement {
  const { server, mayCreateKeys = true, fullName = 'Ana Sample' } = props;
  const privileges = mayCreateKeys ? [MANAGE_OWN_API_KEYS] : [];
  return (
    <StoryCore
      create={(boot) =>
        coreStartMock({
          fetch: server.fetch,
          boot: { ...boot, user: { ...boot.user, fullName, privileges } },
        })
      }
    >
      <ProfilePage />
    </StoryCore>
  );
}

/** The whole page on which users manage their own account. */
export const stories: StoryGroup = {
  title: 'Profile, whole page',
  stories: [
    {
      name: 'several sessions and keys',
      render: () => (
        <Page
          server={new FakeServer()
            .on(SESSIONS, { sessions, total: 2 })
            .on(KEYS, keysOf(KEY, { ...KEY, id: 'b', name: 'ci' }))}
        />
      ),
    },
    {
      name: 'without the right to create keys',
      render: () => (
        <Page
          mayCreateKeys={false}
          server={new FakeServer()
            .on(SESSIONS, { sessions: sessions.slice(0, 1), total: 1 })
            .on(KEYS, keysOf())}
        />
      ),
    },
    {
      name: 'sessions and keys not loaded',
      render: () => (
        <Page server={new FakeServer().on(SESSIONS, SERVER_ERROR).on(KEYS, SERVER_ERROR)} />
      ),
    },
    {
      name: 'name without spaces',
      render: () => (
        <Page
          fullName={'benjamin_of_engineering_'.repeat(8)}
          server={new FakeServer().on(SESSIONS, { sessions, total: 2 }).on(KEYS, keysOf(KEY))}
        />
      ),
    },
  ],
};
