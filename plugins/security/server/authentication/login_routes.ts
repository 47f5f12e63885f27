import {
  type CookieToSet,
  type Principal,
  type Router,
  respond,
  type ServerRequest,
  type UrlBuilder,
} from '@latchkey/core/server';
import { z } from 'zod';
import type { AuditLog } from '../audit/index.ts';
import { MAX_NAME_LENGTH } from '../elasticsearch_names.ts';
import { DEVICE_COOKIE, type DeviceCookies } from '../login_throttle/index.ts';
import { presentedPassword } from '../passwords/index.ts';
import { SecurityError } from '../security_error.ts';
import type { SessionService } from '../sessions/index.ts';
import { toAuthenticatedUser, type VersionedUser } from '../users/index.ts';
import { isFromAnotherSite, renderLogoutPage } from './logout_page.ts';
import type { PasswordAuthenticator } from './password_authenticator.ts';
import { returnPathAfterLogin } from './return_path.ts';
import { clearedSessionCookie, presentedSessionId, sessionCookie } from './session_cookie.ts';

export interface LoginRouteDeps {
  readonly passwords: PasswordAuthenticator;
  readonly sessions: SessionService;
  readonly devices: DeviceCookies;
  readonly audit: AuditLog;
  readonly urls: Pick<UrlBuilder, 'path' | 'basePath'>;
}

/** Kibana's body. The only provider is the built-in one. */
const loginBody = z.strictObject({
  providerType: z.literal('basic'),
  providerName: z.literal('basic'),
  currentURL: z.string().max(16_384),
  params: z.strictObject({
    username: z.string().min(1).max(MAX_NAME_LENGTH),
    password: presentedPassword,
  }),
});

/** Login by form, and both ways to sign out. */
export function registerLoginRoutes(router: Router, deps: LoginRouteDeps): void {
  router.add(
    {
      method: 'post',
      path: '/internal/security/login',
      access: 'internal',
      summary: 'Sign in with name and password',
      security: { authentication: 'none' },
      validate: { body: loginBody },
    },
    async (request) => {
      const { params, currentURL } = request.body;
      const user = await authenticate(deps, request, params);
      // What the browser came with is ended, never taken over: the id after login is always a new one.
      await endPresentedSession(deps, request);
      const cookies = [
        sessionCookie(await deps.sessions.start(user)),
        deps.devices.cookieFor(user, request.cookies[DEVICE_COOKIE]),
      ];
      auditSuccess(deps, request, user);
      const location = returnPathAfterLogin(currentURL, deps.urls.basePath);
      return respond.ok({ location }, { cookies });
    },
  );
  router.add(
    {
      method: 'get',
      path: '/api/security/logout',
      access: 'public',
      summary: 'Sign out and go to the login page',
      security: { authentication: 'none' },
      responses: {
        200: { description: 'A page that asks for confirmation, because another site led here.' },
        302: { description: 'To the login page.' },
      },
    },
    async (request) => {
      if (isFromAnotherSite(request)) return respond.html(200, renderLogoutPage(deps.urls));
      const cookies = await logOut(deps, request);
      return respond.redirect(`${deps.urls.path('/login')}?msg=LOGGED_OUT`, { cookies });
    },
  );
  router.add(
    {
      method: 'post',
      path: '/internal/security/logout',
      access: 'internal',
      summary: 'Sign out',
      security: { authentication: 'none' },
    },
    async (request) => respond.noContent({ cookies: await logOut(deps, request) }),
  );
}

async function authenticate(
  deps: LoginRouteDeps,
  request: ServerRequest,
  params: { readonly username: string; readonly password: string },
): Promise<VersionedUser> {
  try {
    return await deps.passwords.authenticate({
      ...params,
      remoteAddress: request.remoteAddress,
      deviceCookie: request.cookies[DEVICE_COOKIE],
    });
  } catch (error) {
    if (error instanceof SecurityError) {
      const known = await deps.passwords.nameForAudit(params.username);
      deps.audit.log(request, {
        action: 'user_login',
        outcome: 'failure',
        message: 'A login was refused',
        errorCode: error.code,
        ...(known === undefined ? {} : { username: known }),
      });
    }
    throw error;
  }
}

function auditSuccess(deps: LoginRouteDeps, request: ServerRequest, user: VersionedUser): void {
  deps.audit.log(as(request, user), {
    action: 'user_login',
    outcome: 'success',
    message: `User [${user.username}] signed in`,
  });
}

async function logOut(
  deps: LoginRouteDeps,
  request: ServerRequest,
): Promise<readonly CookieToSet[]> {
  const user = await endPresentedSession(deps, request);
  if (user !== undefined) {
    deps.audit.log(as(request, user), {
      action: 'user_logout',
      outcome: 'success',
      message: `User [${user.username}] signed out`,
    });
  }
  return [clearedSessionCookie];
}

/** Resolves to whose session it was; `undefined` when there was none that lived. */
async function endPresentedSession(
  { sessions }: LoginRouteDeps,
  request: ServerRequest,
): Promise<VersionedUser | undefined> {
  const sessionId = presentedSessionId(request);
  if (sessionId === undefined) return undefined;
  const user = await sessions.resolve(sessionId);
  await sessions.end(sessionId);
  return user;
}

function as(request: ServerRequest, user: VersionedUser): Principal {
  return {
    user: toAuthenticatedUser(user, 'session'),
    spaceId: request.spaceId,
    requestId: request.requestId,
    remoteAddress: request.remoteAddress,
  };
}
