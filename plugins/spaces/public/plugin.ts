import { type BrowserPlugin, type CoreSetup, defineMessages } from '@latchkey/core/public';
import { listSpaces, MANAGE_SPACES } from '../common/index.ts';
import type { SpacesBrowserSetup, SpacesBrowserSetupDeps, SpacesBrowserStart } from './types.ts';

const messages = defineMessages({
  spaces: { id: 'spaces.app.spaces', defaultMessage: 'Spaces' },
});

/** The menu of spaces in the header, and the page that manages spaces. */
export class SpacesBrowserPlugin
  implements BrowserPlugin<SpacesBrowserSetup, SpacesBrowserStart, SpacesBrowserSetupDeps>
{
  setup(core: CoreSetup, { security }: SpacesBrowserSetupDeps): SpacesBrowserSetup {
    security.registerSpaces((http, signal) => http.call(listSpaces, { signal }));
    core.chrome.registerHeaderItem({
      id: 'space_menu',
      side: 'left',
      order: 10,
      load: async () => (await import('./menu/index.ts')).SpaceMenu,
    });
    core.application.register({
      id: 'spaces',
      path: '/app/spaces',
      title: messages.spaces,
      icon: 'spaces',
      order: 30,
      section: 'administration',
      requiredPrivileges: [MANAGE_SPACES],
      mount: async () => (await import('./spaces/index.ts')).SpacesPage,
    });
    return {};
  }

  start(): SpacesBrowserStart {
    return {};
  }
}
