import { EuiPageHeader } from '@elastic/eui';
import { createRef } from 'react';
import type { ServerState } from '../http/index.ts';
import { coreStartMock } from '../mocks.ts';
import type { StoryGroup } from '../stories.ts';
import type { AccountProvider, AppDefinition } from '../types.ts';
import { CoreContext } from '../use_core.ts';
import { AppChrome } from './app_chrome.tsx';
import { Banners } from './banners.tsx';
import { MenuFlyout } from './menu_flyout.tsx';
import { UserMenuPanel } from './user_menu_panel.tsx';

const app = (id: string, changes: Partial<AppDefinition>): AppDefinition => ({
  id,
  path: `/app/${id}`,
  title: { id: `stories.${id}`, defaultMessage: id },
  icon: 'plugs',
  order: 1,
  section: 'main',
  requiredPrivileges: [],
  mount: async () => () => null,
  ...changes,
});
const connectors = app('Connectors', {});
const apps = [
  connectors,
  app('My connections', { icon: 'user', order: 2 }),
  app('Users', { icon: 'users', section: 'administration' }),
  app('Roles', { icon: 'lock', section: 'administration', order: 2 }),
  app('Profile', { icon: 'user', section: 'user' }),
];
const account: AccountProvider = {
  signOutPath: '/out',
  readUsername: async () => 'ana',
  saveSettings: async () => undefined,
};
const reachable = { isReachable: true, hasNewBuild: false, otherUser: undefined };
const nothing = () => undefined;
const longNamed = coreStartMock({
  boot: {
    user: {
      username: 'benjamin_of_engineering_'.repeat(8),
      email: `${'benjamin.of.engineering.'.repeat(8)}@example.com`,
      roles: [],
      privileges: [],
    },
  },
});

function Chrome(props: {
  readonly title?: string;
  readonly current?: AppDefinition;
  readonly banners?: Partial<ServerState>;
  readonly failedPlugins?: readonly string[];
}) {
  const { title, current = connectors, banners, failedPlugins = [] } = props;
  return (
    <AppChrome
      apps={apps}
      current={current}
      chrome={{ headerItems: [], account }}
      title={title}
      mainRef={createRef()}
    >
      <Banners
        server={{ ...reachable, ...banners }}
        failedPlugins={failedPlugins}
        onReload={nothing}
      />
      <EuiPageHeader pageTitle={title ?? 'Connectors'} description="What this page lists." />
    </AppChrome>
  );
}

/** States of header, menu and notices. */
export const stories: StoryGroup = {
  title: 'Chrome',
  isWholeWindow: true,
  stories: [
    { name: 'page of an app', render: () => <Chrome /> },
    {
      name: 'long title of a page',
      render: () => <Chrome title="Documents of the engineering department in Google Drive" />,
    },
    {
      name: 'title without spaces',
      render: () => <Chrome title={'Engineering_documents_'.repeat(9)} />,
    },
    { name: 'server unreachable', render: () => <Chrome banners={{ isReachable: false }} /> },
    { name: 'new version', render: () => <Chrome banners={{ hasNewBuild: true }} /> },
    { name: 'another user', render: () => <Chrome banners={{ otherUser: 'ben' }} /> },
    {
      name: 'another user with a long name',
      render: () => <Chrome banners={{ otherUser: 'benjamin.of.engineering.'.repeat(8) }} />,
    },
    {
      name: 'failed plugins',
      render: () => <Chrome failedPlugins={['connectorsUi', 'spaces']} />,
    },
    {
      name: 'menu above the page',
      render: () => <MenuFlyout apps={apps} current={connectors} onClose={nothing} />,
    },
    {
      name: 'user menu',
      render: () => <UserMenuPanel apps={apps} account={account} onClose={nothing} />,
    },
    {
      name: 'user menu with a long name',
      render: () => (
        <CoreContext.Provider value={longNamed}>
          <UserMenuPanel apps={apps} account={account} onClose={nothing} />
        </CoreContext.Provider>
      ),
    },
    {
      name: 'user menu without settings',
      render: () => <UserMenuPanel apps={apps} account={undefined} onClose={nothing} />,
    },
  ],
};
