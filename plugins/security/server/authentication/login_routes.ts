import {
  appearanceCookies,
  appearanceOf,
  type Clock,
  type CookieToSet,
  type Logger,
  type Principal,
  type Router,
  respond,
  type ServerRequest,
  type UrlBuilder,
} from '@latchkey/core/server';
import { followLogoutLink, login, logout } from '../../common/index.ts';
import type { AuditLog } from '../audit/index.ts';
import { DEVICE_COOKIE, type DeviceCookies } from '../login_throttle/index.ts';
import { SecurityError } from '../security_error.ts';
import { describeBrowser, type SessionService } from '../sessions/index.ts';
import { type ProfileStore, toAuthenticatedUser, type VersionedUser } from '../users/index.ts';
import { isUnasked, renderLogoutPage } from './logout_page.ts';
import type { PasswordAuthenticator } from './password_authenticator.ts';
import { returnPathAfterLogin } from './return_path.ts';
import { clearedSessionCookie, presentedSessionId, sessionCookie } from './session_cookie.ts';

/** Services that the handlers of these routes call. */
export interface LoginRouteServices {
  readonly passwords: PasswordAuthenticator;
  readonly sessions: SessionService;
  readonly devices: DeviceCookies;
  readonly profiles: Pick<ProfileStore, 'recordLogin' | 'settingsOf'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Pick<Logger, 'debug'>;
  readonly audit: AuditLog;
  readonly urls: Pick<UrlBuilder, 'path' | 'basePath'>;
}

/** Registers the login by form, and both routes that sign out. */
export function registerLoginRoutes(router: Router<LoginRouteServices>): void {
  router.handle(login, async (request, services) => {
    const { params, currentURL } = request.body;
    const { sessions, devices, urls } = services;
    const user = await authenticate(services, request, params);
    // The session of the browser ends, because a login always creates a new session id.
    await endPresentedSession(services, request);
    const sessionId = await sessions.start(user, describeBrowser(request.headers['user-agent']));
    const cookies = [
      sessionCookie(sessionId),
      devices.cookieFor(user, request.cookies[DEVICE_COOKIE]),
      ...appearanceCookies(await services.profiles.settingsOf(user.profileUid), request),
    ];
    auditSuccess(services, request, user);
    await endExcessSessions(services, request, { user, sessionId });
    await recordLogin(services, user);
    const location = returnPathAfterLogin(currentURL, urls.basePath);
    return respond.ok({ location }, { cookies });
  });
  router.handle(followLogoutLink, async (request, services) => {
    const { urls } = services;
    if (isUnasked(request)) {
      return respond.html(200, renderLogoutPage(urls, appearanceOf(request)));
    }
    const cookies = await logOut(services, request);
    return respond.redirect(`${urls.path('/login')}?msg=LOGGED_OUT`, { cookies });
  });
  router.handle(logout, async (request, services) =>
    respond.noContent({ cookies: await logOut(services, request) }),
  );
}

async function authenticate(
  services: LoginRouteServices,
  request: ServerRequest,
  params: { readonly username: string; readonly password: string },
): Promise<VersionedUser> {
  try {
    return await services.passwords.authenticate({
      ...params,
      remoteAddress: request.remoteAddress,
      deviceCookie: request.cookies[DEVICE_COOKIE],
    });
  } catch (error) {
    if (error instanceof SecurityError) {
      const known = await services.passwords.nameForAudit(params.username);
      services.audit.log(request, {
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

/**
 * Ends the oldest sessions of a user above the maximum. Without a maximum, a program that signs in
 * for each request would fill the store.
 */
async function endExcessSessions(
  { sessions, audit, logger }: LoginRouteServices,
  request: ServerRequest,
  { user, sessionId }: { readonly user: VersionedUser; readonly sessionId: string },
): Promise<void> {
  const count = await sessions.endExcess(user, sessionId).catch((error: unknown) => {
    // The login has succeeded, so this failure is only logged. The next login tries again.
    logger.debug('Could not end the sessions of a user beyond the maximum', { error });
    return 0;
  });
  if (count === 0) return;
  audit.log(as(request, user), {
    action: 'session_end',
    outcome: 'success',
    message: `A login ended the ${count} least recently used sessions of the user, who had more than [xpack.security.session.concurrentSessions.maxSessions]`,
  });
}

async function recordLogin(
  { profiles, clock, logger }: LoginRouteServices,
  { profileUid }: VersionedUser,
): Promise<void> {
  try {
    await profiles.recordLogin(profileUid, new Date(clock.now()));
  } catch (error) {
    // The login has succeeded, so this failure is only logged. The list of users then shows an
    // earlier login.
    logger.debug('Could not store the time of a login', { error });
  }
}

function auditSuccess(
  services: LoginRouteServices,
  request: ServerRequest,
  user: VersionedUser,
): void {
  services.audit.log(as(request, user), {
    action: 'user_login',
    outcome: 'success',
    message: `User [${user.username}] signed in`,
  });
}

async function logOut(
  services: LoginRouteServices,
  request: ServerRequest,
): Promise<readonly CookieToSet[]> {
  const user = await endPresentedSession(services, request);
  if (user !== undefined) {
    services.audit.log(as(request, user), {
      action: 'user_logout',
      outcome: 'success',
      message: `User [${user.username}] signed out`,
    });
  }
  return [clearedSessionCookie];
}

/**
 * Ends the session of the request. Resolves to the user of the session; `undefined`: the request
 * had no valid session.
 */
async function endPresentedSession(
  { sessions }: LoginRouteServices,
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
