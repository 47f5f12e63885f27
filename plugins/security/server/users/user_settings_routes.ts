import {
  appearanceCookies,
  HttpError,
  type Router,
  respond,
  type ServerRequest,
} from '@latchkey/core/server';
import { getUserSettings, putUserSettings } from '../../common/index.ts';
import { SecurityError } from '../security_error.ts';
import type { ProfileStore } from './profile_store.ts';

/** Services that the handlers of these routes call. */
export interface UserSettingsRouteServices {
  readonly profiles: Pick<ProfileStore, 'settingsOf' | 'saveSettings'>;
}

/** Registers the routes for the personal settings of the signed-in user. */
export function registerUserSettingsRoutes(router: Router<UserSettingsRouteServices>): void {
  router.handle(getUserSettings, async (request, { profiles }) =>
    respond.ok(await profiles.settingsOf(signedIn(request).profileUid)),
  );
  router.handle(putUserSettings, async (request, { profiles }) => {
    const user = signedIn(request);
    if (user.authenticationType === 'api_key') {
      throw new SecurityError(
        'api_key_needs_login',
        'An API key cannot change the settings of its owner. Sign in with a password.',
      );
    }
    const isSaved = await profiles.saveSettings(user.profileUid, request.body);
    if (!isSaved) throw notSignedIn();
    const isBrowser = user.authenticationType === 'session';
    return respond.ok(request.body, {
      cookies: isBrowser ? appearanceCookies(request.body, request) : [],
    });
  });
}

function signedIn({ user }: Pick<ServerRequest, 'user'>) {
  if (user === undefined) throw notSignedIn();
  return user;
}

const notSignedIn = () => new HttpError(401, 'Sign in first.');
