import {
  type AuthenticatedUser,
  HttpError,
  type Router,
  respond,
  type ServerRequest,
} from '@latchkey/core/server';
import { endSessions, listSessions } from '../../common/index.ts';
import type { AuditLog } from '../audit/index.ts';
import { SecurityError } from '../security_error.ts';
import type { Session, SessionService } from '../sessions/index.ts';
import { USER_TYPE, type UserService } from '../users/index.ts';
import { clearedSessionCookie, presentedSessionId, sessionCookie } from './session_cookie.ts';

const MAX_LISTED = 100;

/** Services that the handlers of these routes call. */
export interface SessionRouteServices {
  readonly sessions: SessionService;
  readonly users: Pick<UserService, 'get' | 'endSessions'>;
  readonly audit: AuditLog;
}

/** Registers the routes with which users see and end their own sessions. */
export function registerSessionRoutes(router: Router<SessionRouteServices>): void {
  router.handle(listSessions, async (request, { sessions, users }) => {
    const { username } = userWithPassword(request);
    const listed = await sessions.listActive(await users.get(username), sessionIdOf(request));
    return respond.ok({
      sessions: listed.slice(0, MAX_LISTED).map(toBody),
      total: listed.length,
    });
  });
  router.handle(endSessions, async (request, services) => {
    const user = userWithPassword(request);
    const { sessions: which } = request.body;
    const event = {
      action: 'session_end',
      message: `session_end of ${which} sessions of user [${user.username}]`,
      savedObject: { type: USER_TYPE, id: user.username },
    };
    const cookies = await services.audit.around(request, event, () =>
      endOf(services, request, user),
    );
    return respond.noContent({ cookies });
  });
}

/**
 * Ends all sessions of the user by a new session epoch. With `others`, the session of the request
 * gets a successor. The epoch changes only if it is still the epoch of that session: a session that
 * another request has ended must neither end others nor get a successor, even if it is still in the
 * cache of this process.
 */
async function endOf(
  { sessions, users }: SessionRouteServices,
  request: ServerRequest<unknown, unknown, { readonly sessions: 'others' | 'all' }>,
  user: AuthenticatedUser,
) {
  const sessionId = sessionIdOf(request);
  const session = sessionId === undefined ? undefined : await sessions.read(sessionId);
  if (sessionId !== undefined && session === undefined) throw sessionEnded();
  const epoch = await users.endSessions(user, session?.epoch);
  if (epoch === undefined) throw sessionEnded();
  const isKept = request.body.sessions === 'others' && session !== undefined;
  const successor = isKept ? await sessions.succeed(session, epoch) : undefined;
  if (isKept && successor === undefined) throw sessionEnded();
  await sessions.removeSuperseded(await users.get(user.username));
  if (successor !== undefined) return [sessionCookie(successor)];
  return session === undefined ? [] : [clearedSessionCookie];
}

/**
 * Session of a request. `undefined`: the request used HTTP Basic, so that a cookie does not count.
 */
function sessionIdOf(request: ServerRequest): string | undefined {
  return request.user?.authenticationType === 'session' ? presentedSessionId(request) : undefined;
}

function userWithPassword({ user }: Pick<ServerRequest, 'user'>): AuthenticatedUser {
  if (user === undefined) throw new HttpError(401, 'Sign in first.');
  if (user.authenticationType !== 'api_key') return user;
  throw new SecurityError(
    'api_key_needs_login',
    'An API key cannot see or end sessions. Sign in with a password.',
  );
}

const sessionEnded = () =>
  new SecurityError('session_ended', 'This session has ended. Sign in again.');

function toBody(session: Session & { readonly isCurrent: boolean }) {
  return {
    created_at: session.createdAt?.toISOString() ?? null,
    last_used_at: session.lastSeenAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
    browser: session.browser ?? null,
    system: session.system ?? null,
    is_current: session.isCurrent,
  };
}
