import type {
  AuthenticatedUser,
  AuthenticationRequest,
  AuthenticationResult,
  UrlBuilder,
} from '@latchkey/core/server';
import type { ApiKeyService } from '../api_keys/index.ts';
import type { AuditLog } from '../audit/index.ts';
import { DEVICE_COOKIE } from '../login_throttle/index.ts';
import { SecurityError } from '../security_error.ts';
import type { SessionService } from '../sessions/index.ts';
import { toAuthenticatedUser } from '../users/index.ts';
import type { CurrentUsers } from './current_users.ts';
import { throwAsHttpError } from './error_mapping.ts';
import type { PasswordAuthenticator } from './password_authenticator.ts';
import { isLoginFailure } from './password_authenticator.ts';
import { presentedSessionId } from './session_cookie.ts';

/** An `Authorization` header: one scheme, spaces, one value (RFC 9110 §11.6.2). */
const AUTHORIZATION = /^(\S+) +(\S+)$/;

/** Collaborators and settings of {@link Authenticator}. */
export interface AuthenticatorDeps {
  readonly passwords: Pick<
    PasswordAuthenticator,
    'authenticate' | 'authenticateAgain' | 'nameForAudit'
  >;
  readonly sessions: Pick<SessionService, 'resolve'>;
  readonly apiKeys: Pick<ApiKeyService, 'authenticate'>;
  readonly currentUsers: Pick<CurrentUsers, 'remember'>;
  readonly audit: AuditLog;
  readonly urls: Pick<UrlBuilder, 'path'>;
}

/**
 * Finds the user of a request. If there is an `Authorization` header, only the header counts: a
 * valid cookie does not help if the header is wrong.
 */
export class Authenticator {
  readonly #deps: AuthenticatorDeps;

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps;
  }

  /**
   * Finds the user of a request.
   * @throws HttpError 429 or 503 with `Retry-After` when a password cannot be checked now
   */
  async authenticate(request: AuthenticationRequest): Promise<AuthenticationResult> {
    const { authorization } = request.headers;
    if (authorization === undefined) return this.#bySession(request);
    const [, scheme = '', credentials = ''] = AUTHORIZATION.exec(authorization.trim()) ?? [];
    switch (scheme.toLowerCase()) {
      case 'basic':
        return this.#byPassword(request, credentials);
      case 'apikey':
        return this.#byApiKey(request, credentials);
      default:
        return refused('Only Basic and ApiKey authorization are accepted.');
    }
  }

  async #bySession(request: AuthenticationRequest): Promise<AuthenticationResult> {
    const sessionId = presentedSessionId(request);
    if (sessionId !== undefined) {
      const resolve = async () => {
        const isUse = request.headers['kbn-system-request'] !== 'true';
        const user = await this.#deps.sessions.resolve(sessionId, { isUse });
        return user && toAuthenticatedUser(user, 'session');
      };
      const user = await resolve();
      if (user !== undefined) return this.#authenticated(user, resolve);
    }
    const reason = sessionId === undefined ? 'Sign in first.' : 'The session has ended.';
    const { navigation } = request;
    if (navigation === undefined) return refused(reason);
    const next = encodeURIComponent(navigation.returnPath);
    return { ...refused(reason), redirectTo: `${this.#deps.urls.path('/login')}?next=${next}` };
  }

  async #byPassword(
    request: AuthenticationRequest,
    credentials: string,
  ): Promise<AuthenticationResult> {
    const pair = decodeBasic(credentials);
    if (pair === undefined) return refused('The Basic authorization is malformed.');
    const { remoteAddress } = request;
    const deviceCookie = request.cookies[DEVICE_COOKIE];
    try {
      const user = await this.#deps.passwords.authenticate({
        ...pair,
        remoteAddress,
        deviceCookie,
      });
      return this.#authenticated(toAuthenticatedUser(user, 'basic'), async () => {
        const current = await this.#deps.passwords.authenticateAgain(user);
        return current && toAuthenticatedUser(current, 'basic');
      });
    } catch (error) {
      await this.#auditFailure(request, error, pair.username);
      if (isLoginFailure(error) && error instanceof Error) return refused(error.message);
      return throwAsHttpError(error);
    }
  }

  async #byApiKey(
    request: AuthenticationRequest,
    credentials: string,
  ): Promise<AuthenticationResult> {
    const authenticate = () => this.#deps.apiKeys.authenticate(credentials);
    const user = await authenticate();
    if (user !== undefined) return this.#authenticated(user, authenticate);
    this.#log(request, 'api_key_invalid', undefined);
    return refused('The API key is unknown or expired, or its owner was deleted or disabled.');
  }

  #authenticated(
    user: AuthenticatedUser,
    authenticateAgain: () => Promise<AuthenticatedUser | undefined>,
  ): AuthenticationResult {
    this.#deps.currentUsers.remember(user, authenticateAgain);
    return { type: 'authenticated', user };
  }

  async #auditFailure(
    request: AuthenticationRequest,
    error: unknown,
    username: string,
  ): Promise<void> {
    if (!(error instanceof SecurityError)) return;
    this.#log(request, error.code, await this.#deps.passwords.nameForAudit(username));
  }

  #log(
    { requestId, remoteAddress }: AuthenticationRequest,
    errorCode: string,
    username: string | undefined,
  ): void {
    this.#deps.audit.log(
      { user: undefined, spaceId: 'default', requestId, remoteAddress },
      {
        action: 'user_authentication',
        outcome: 'failure',
        message: 'The credentials of a request were refused',
        errorCode,
        ...(username === undefined ? {} : { username }),
      },
    );
  }
}

function refused(reason: string) {
  return { type: 'unauthenticated', reason } as const;
}

/**
 * Decodes HTTP Basic (RFC 7617 §2): base64 of name, colon and password. The password may contain
 * colons, the name may not.
 */
function decodeBasic(
  credentials: string,
): { readonly username: string; readonly password: string } | undefined {
  const decoded = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 1) return undefined;
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}
