import {
  type CookieToSet,
  HttpError,
  type Router,
  respond,
  type ServerRequest,
} from '@latchkey/core/server';
import { z } from 'zod';
import type { ApiKeyService } from '../api_keys/index.ts';
import type { AuditLog } from '../audit/index.ts';
import { DEVICE_COOKIE, type DeviceCookies } from '../login_throttle/index.ts';
import { newPassword, presentedPassword } from '../passwords/index.ts';
import { type Authorizer, MANAGE_SECURITY } from '../roles/index.ts';
import { SecurityError } from '../security_error.ts';
import type { SessionService } from '../sessions/index.ts';
import { USER_TYPE, type UserService, userParams } from '../users/index.ts';
import { isLoginFailure, type PasswordAuthenticator } from './password_authenticator.ts';
import { sessionCookie } from './session_cookie.ts';

export interface PasswordRouteDeps {
  readonly passwords: PasswordAuthenticator;
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly devices: DeviceCookies;
  readonly apiKeys: Pick<ApiKeyService, 'forgetAllOf'>;
  readonly authorizer: Pick<Authorizer, 'missingPrivileges'>;
  readonly audit: AuditLog;
}

const passwordBody = z.strictObject({
  /** The present one; needed to change one's own. */
  password: presentedPassword.optional(),
  newPassword,
  /**
   * Also ends every API key of the user. An attacker who had the old password may have created
   * some.
   */
  invalidateApiKeys: z.boolean().default(false),
});

/** Change one's own password with the present one, or anybody else's with the privilege to manage security. */
export function registerPasswordRoute(router: Router, deps: PasswordRouteDeps): void {
  router.add(
    {
      method: 'post',
      path: '/internal/security/users/{username}/password',
      access: 'internal',
      summary: 'Change a password',
      validate: { params: userParams, body: passwordBody },
    },
    async (request) => {
      const { username } = request.params;
      const { password, newPassword, invalidateApiKeys } = request.body;
      const isOwn = request.user?.username === username;
      await deps.audit.around(
        request,
        {
          action: 'user_change_password',
          message: `user_change_password of user [${username}]`,
          savedObject: { type: USER_TYPE, id: username },
        },
        async () => {
          if (isOwn) await checkPresent(deps, request, password);
          else await checkPrivilege(deps, request);
          await deps.users.setPassword(username, newPassword, { endsApiKeys: invalidateApiKeys });
        },
      );
      if (invalidateApiKeys) await forgetApiKeys(deps, request, username);
      const cookies = isOwn ? await renewSession(deps, request) : [];
      return respond.noContent({ cookies });
    },
  );
}

async function checkPresent(
  { passwords }: PasswordRouteDeps,
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
    new SecurityError('password_incorrect', 'The present password is not correct.', {}, options);
  if (user === undefined || password === undefined) throw incorrect();
  try {
    await passwords.authenticate({
      username: user.username,
      password,
      remoteAddress,
      deviceCookie: cookies[DEVICE_COOKIE],
    });
  } catch (error) {
    // Not a 401: the person is signed in, and screens would send them to the login page.
    throw isLoginFailure(error) ? incorrect({ cause: error }) : error;
  }
}

/** The new epoch has already ended the keys. This removes them. */
async function forgetApiKeys(
  { users, apiKeys, audit }: PasswordRouteDeps,
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
    async () => apiKeys.forgetAllOf((await users.get(username)).profileUid),
  );
}

async function checkPrivilege(
  { authorizer }: PasswordRouteDeps,
  request: ServerRequest,
): Promise<void> {
  const missing = await authorizer.missingPrivileges(request, [MANAGE_SECURITY]);
  if (missing.length === 0) return;
  throw new HttpError(403, `Changing another person's password needs [${missing.join(', ')}].`);
}

/**
 * The change ended every session and device proof of the user. The browser that made the change
 * gets new ones.
 */
async function renewSession(
  { users, sessions, devices }: PasswordRouteDeps,
  { user, cookies }: ServerRequest,
): Promise<readonly CookieToSet[]> {
  if (user?.authenticationType !== 'session') return [];
  const changed = await users.get(user.username);
  return [
    sessionCookie(await sessions.start(changed)),
    devices.cookieFor(changed, cookies[DEVICE_COOKIE]),
  ];
}
