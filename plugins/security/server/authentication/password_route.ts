import {
  type CookieToSet,
  HttpError,
  type Router,
  respond,
  type ServerRequest,
} from '@latchkey/core/server';
import { changePassword, MANAGE_SECURITY } from '../../common/index.ts';
import type { ApiKeyService } from '../api_keys/index.ts';
import type { AuditLog } from '../audit/index.ts';
import { DEVICE_COOKIE, type DeviceCookies } from '../login_throttle/index.ts';
import type { Authorizer } from '../roles/index.ts';
import { SecurityError } from '../security_error.ts';
import type { SessionService } from '../sessions/index.ts';
import { type SessionEpochs, USER_TYPE, type UserService } from '../users/index.ts';
import { isLoginFailure, type PasswordAuthenticator } from './password_authenticator.ts';
import { clearedSessionCookie, presentedSessionId, sessionCookie } from './session_cookie.ts';

/** Services that the handler of this route calls. */
export interface PasswordRouteServices {
  readonly passwords: PasswordAuthenticator;
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly devices: DeviceCookies;
  readonly apiKeys: Pick<ApiKeyService, 'removeAllOf'>;
  readonly authorizer: Pick<Authorizer, 'missingPrivileges'>;
  readonly audit: AuditLog;
}

/**
 * Registers the route that changes a password. Users change their own password with the current
 * one. Changing the password of another user needs the privilege to manage security.
 */
export function registerPasswordRoute(router: Router<PasswordRouteServices>): void {
  router.handle(changePassword, async (request, services) => {
    const { username } = request.params;
    const { password, newPassword, invalidateApiKeys } = request.body;
    const isOwn = request.user?.username === username;
    const epochs = await services.audit.around(
      request,
      {
        action: 'user_change_password',
        message: `user_change_password of user [${username}]`,
        savedObject: { type: USER_TYPE, id: username },
      },
      async () => {
        if (isOwn) await checkPresent(services, request, password);
        else await checkPrivilege(services, request);
        return services.users.setPassword(username, newPassword, {
          endsApiKeys: invalidateApiKeys,
        });
      },
    );
    if (invalidateApiKeys) await removeApiKeys(services, request, username);
    const cookies = isOwn ? await renewSession(services, request, epochs) : [];
    return respond.noContent({ cookies });
  });
}

async function checkPresent(
  { passwords }: PasswordRouteServices,
  { user, remoteAddress, cookies }: ServerRequest,
  password: string | undefined,
): Promise<void> {
  if (user?.authenticationType === 'api_key') {
    throw new SecurityError(
      'api_key_needs_login',
      'An API key cannot change passwords. Sign in with a password.',
    );
  }
  const incorrect = (options?: ErrorOptions) =>
    new SecurityError('password_incorrect', 'The current password is not correct.', {}, options);
  if (user === undefined || password === undefined) throw incorrect();
  try {
    await passwords.authenticate({
      username: user.username,
      password,
      remoteAddress,
      deviceCookie: cookies[DEVICE_COOKIE],
    });
  } catch (error) {
    // Not a 401, because the user is signed in, and clients would redirect to the login page.
    throw isLoginFailure(error) ? incorrect({ cause: error }) : error;
  }
}

/** Removes the documents of the user's API keys, which the new epoch has already made invalid. */
async function removeApiKeys(
  { users, apiKeys, audit }: PasswordRouteServices,
  request: ServerRequest,
  username: string,
): Promise<void> {
  await audit.around(
    request,
    {
      action: 'api_key_invalidate',
      message: `api_key_invalidate of all keys of user [${username}]`,
      savedObject: { type: USER_TYPE, id: username },
    },
    async () => apiKeys.removeAllOf((await users.get(username)).profileUid),
  );
}

async function checkPrivilege(
  { authorizer }: PasswordRouteServices,
  request: ServerRequest,
): Promise<void> {
  const missing = await authorizer.missingPrivileges(request, [MANAGE_SECURITY]);
  if (missing.length === 0) return;
  throw new HttpError(
    403,
    `Changing the password of another user requires [${missing.join(', ')}].`,
  );
}

/**
 * Creates a new session and device proof for the browser that changed the password, because the
 * change has ended every session and proof of the user. If the session of the browser had ended
 * before, by a logout or another change, it gets none.
 */
async function renewSession(
  { users, sessions, devices }: PasswordRouteServices,
  request: ServerRequest,
  epochs: SessionEpochs,
): Promise<readonly CookieToSet[]> {
  const { user, cookies } = request;
  if (user?.authenticationType !== 'session') return [];
  const session = await sessions.read(presentedSessionId(request) ?? '');
  const successor =
    session?.epoch === epochs.before ? await sessions.succeed(session, epochs.after) : undefined;
  if (successor === undefined) return [clearedSessionCookie];
  const changed = await users.get(user.username);
  return [sessionCookie(successor), devices.cookieFor(changed, cookies[DEVICE_COOKIE])];
}
