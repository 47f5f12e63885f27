import type { BrowserPlugin, CoreSetup } from '@latchkey/core/public';
import { followLogoutLink } from '../common/index.ts';
import { saveUserSettings } from './save_user_settings.ts';

/** Sign-out and the settings of the signed-in user. */
export class SecurityPlugin implements BrowserPlugin<void, void> {
  setup(core: CoreSetup): void {
    core.account.register({
      signOutPath: followLogoutLink.path,
      saveSettings: saveUserSettings,
    });
  }

  start(): void {}
}
