import { type BrowserPlugin, type CoreSetup, defineMessages } from '@latchkey/core/public';
import { followLogoutLink, getMe, MANAGE_SECURITY } from '../common/index.ts';
import { saveUserSettings } from './save_user_settings.ts';
import { onlyDefaultSpace, type Services, withServices } from './services.ts';
import type { ListSpaces, SecurityBrowserSetup, SecurityBrowserStart } from './types.ts';

const messages = defineMessages({
  profile: { id: 'security.app.profile', defaultMessage: 'Profile' },
  users: { id: 'security.app.users', defaultMessage: 'Users' },
  roles: { id: 'security.app.roles', defaultMessage: 'Roles' },
});

/** Pages about the user's own account, and about users and roles for administrators. */
export class SecurityBrowserPlugin
  implements BrowserPlugin<SecurityBrowserSetup, SecurityBrowserStart>
{
  #listSpaces: ListSpaces = onlyDefaultSpace;

  setup(core: CoreSetup): SecurityBrowserSetup {
    const services = (): Services => ({ listSpaces: this.#listSpaces });
    core.account.register({
      signOutPath: followLogoutLink.path,
      readUsername: async (http) => (await http.call(getMe)).username,
      saveSettings: saveUserSettings,
    });
    core.application.register({
      id: 'profile',
      path: '/app/profile',
      title: messages.profile,
      icon: 'user',
      order: 10,
      section: 'user',
      requiredPrivileges: [],
      mount: async () => withServices((await import('./profile/index.ts')).ProfilePage, services),
    });
    const administration = {
      section: 'administration',
      requiredPrivileges: [MANAGE_SECURITY],
    } as const;
    core.application.register({
      ...administration,
      id: 'users',
      path: '/app/users',
      title: messages.users,
      icon: 'users',
      order: 10,
      mount: async () => withServices((await import('./users/index.ts')).UsersPage, services),
    });
    core.application.register({
      ...administration,
      id: 'roles',
      path: '/app/roles',
      title: messages.roles,
      icon: 'lock',
      order: 20,
      mount: async () => withServices((await import('./roles/index.ts')).RolesPage, services),
    });
    return {
      registerSpaces: (list) => {
        this.#listSpaces = list;
      },
    };
  }

  start(): SecurityBrowserStart {
    return {};
  }
}
