import {
  type Clock,
  type DedicatedLogger,
  type HttpSetup,
  LineLimiter,
  type Logger,
  type Randomness,
  type ServerEnvironment,
  type UrlBuilder,
} from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import { ApiKeyService, ApiKeyStore } from './api_keys/index.ts';
import { AuditLog } from './audit/index.ts';
import {
  Authenticator,
  CurrentUsers,
  DeferredUsers,
  PasswordAuthenticator,
} from './authentication/index.ts';
import type { SecurityConfig } from './config.ts';
import { ExpiredDocuments } from './expired_documents.ts';
import {
  DeviceCookies,
  FailureStore,
  KnownAddresses,
  LoginThrottle,
  ThrottleSecret,
} from './login_throttle/index.ts';
import { PasswordHasher, type ScryptCost, VerifiedPasswords } from './passwords/index.ts';
import { FeatureRegistry } from './privileges/index.ts';
import { Authorizer, RoleService, RoleStore } from './roles/index.ts';
import { SessionService, SessionStore } from './sessions/index.ts';
import {
  ProfileStore,
  SuperuserGuard,
  UserChangeFeed,
  UserDirectory,
  UserService,
  UserStore,
} from './users/index.ts';

/**
 * Milliseconds for which users, roles, sessions and keys are cached. A change by another process
 * takes effect after this time at the latest; a change by this process takes effect immediately.
 */
const CACHE_MS = 2000;

/**
 * Maximum milliseconds for which a login that arrives before its turn is held. Shorter than the
 * timeouts of clients and proxies, and longer than a user needs to react to `Retry-After`.
 */
const MAX_HOLD_MS = 10_000;

/** Dependencies and settings of {@link buildServices}. */
export interface ServiceContext {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly env: Pick<ServerEnvironment, 'mode'>;
  readonly logger: Logger;
  /** Logger of audit events. It may have a different level and destination than `logger`. */
  readonly auditLogger: DedicatedLogger;
  readonly config: SecurityConfig;
  readonly urls: UrlBuilder;
  readonly cookiePrefix: HttpSetup['cookiePrefix'];
  /** Returns the repository, which exists only once the plugin starts. */
  readonly repository: () => SavedObjectsRepository;
  /** Cost of password hashes. Default: the parameters that production uses. */
  readonly scryptCost?: ScryptCost;
}

/** All services of the plugin. */
export interface SecurityServices {
  readonly audit: AuditLog;
  readonly features: FeatureRegistry;
  readonly roles: RoleService;
  readonly authorizer: Authorizer;
  readonly store: UserStore;
  readonly profiles: ProfileStore;
  readonly directory: UserDirectory;
  readonly users: UserService;
  readonly hasher: PasswordHasher;
  readonly userChanges: UserChangeFeed;
  readonly sessions: SessionService;
  /** Removes expired documents. */
  readonly expired: ExpiredDocuments;
  readonly apiKeys: ApiKeyService;
  readonly passwords: PasswordAuthenticator;
  readonly devices: DeviceCookies;
  /** Secret of the login limits. Must be loaded before the first login. */
  readonly throttleSecret: ThrottleSecret;
  readonly authenticator: Authenticator;
  readonly deferredUsers: DeferredUsers;
  readonly currentUsers: CurrentUsers;
}

/** Creates the services. None of them accesses the store before it is used. */
export function buildServices(context: ServiceContext): SecurityServices {
  const { config, clock, logger } = context;
  const audit = new AuditLog({
    logger: context.auditLogger,
    enabled: config.audit.enabled,
    limiter: new LineLimiter(clock),
  });
  const userServices = buildUsers(context);
  const sessions = buildSessions(context, userServices.directory);
  const apiKeys: ApiKeyService = new ApiKeyService({
    ...context,
    ...config.apiKeys,
    store: new ApiKeyStore(context.repository),
    directory: userServices.directory,
    // A function, because the authorizer and this service are created together.
    hasAnyPrivilege: (principal) => roles.authorizer.hasAnyPrivilege(principal),
    currentUser: (user) => currentUsers.get(user),
    cacheMs: CACHE_MS,
  });
  const roles = buildRoles(context, userServices.users, apiKeys);
  const deferredUsers: DeferredUsers = new DeferredUsers(userServices.directory, apiKeys);
  const currentUsers: CurrentUsers = new CurrentUsers(deferredUsers);
  userServices.userChanges.subscribe(async ({ type, profileUid }) => {
    if (type !== 'disabled' && type !== 'deleted') return;
    await sessions.removeAllOf(profileUid);
    if (type === 'deleted') await apiKeys.removeAllOf(profileUid);
  });
  const devices = new DeviceCookies(context);
  const { failures, known, throttle, throttleSecret } = buildThrottle(context);
  const passwords = new PasswordAuthenticator({
    ...userServices,
    verified: new VerifiedPasswords(context),
    throttle,
    devices,
    logger: logger.get('passwords'),
  });
  const authenticator = new Authenticator({
    passwords,
    sessions,
    apiKeys,
    currentUsers,
    audit,
    urls: context.urls,
  });
  const expired = new ExpiredDocuments({
    ...context,
    logger: logger.get('cleanup'),
    intervalMs: config.session.cleanupInterval,
    kinds: [
      { what: 'ended sessions', deleteExpired: () => sessions.deleteExpired() },
      { what: 'expired API keys', deleteExpired: () => apiKeys.deleteExpired() },
      { what: 'counts of failed logins', deleteExpired: () => failures.deleteExpired() },
      { what: 'known addresses of users', deleteExpired: () => known.deleteExpired() },
    ],
  });
  return {
    ...{ audit, ...userServices, ...roles, sessions, apiKeys },
    ...{ passwords, devices, throttleSecret, authenticator, expired },
    ...{ deferredUsers, currentUsers },
  };
}

function buildThrottle(context: ServiceContext) {
  const { clock, config } = context;
  const throttleSecret = new ThrottleSecret(context);
  const failures = new FailureStore({ ...context, cacheMs: CACHE_MS });
  const known = new KnownAddresses({ ...context, secret: throttleSecret, cacheMs: CACHE_MS });
  const throttle = new LoginThrottle({
    ...{ store: failures, known, secret: throttleSecret, clock },
    limits: config.loginThrottle,
    maxHoldMs: MAX_HOLD_MS,
  });
  return { failures, known, throttle, throttleSecret };
}

function buildUsers({ repository, clock, randomness, env, logger, scryptCost }: ServiceContext) {
  const store = new UserStore(repository);
  const directory = new UserDirectory({ store, clock, cacheMs: CACHE_MS });
  const hasher = new PasswordHasher({
    randomness,
    ...(scryptCost === undefined ? {} : { cost: scryptCost }),
  });
  const userChanges = new UserChangeFeed(logger.get('user_changes'));
  const users = new UserService({
    store,
    directory,
    hasher,
    randomness,
    guard: new SuperuserGuard({ store, clock }),
    changes: userChanges,
    refusesDevelopmentPasswords: env.mode === 'production',
  });
  const profiles = new ProfileStore(repository);
  return { store, profiles, directory, hasher, userChanges, users };
}

function buildRoles(
  { repository, clock }: ServiceContext,
  users: UserService,
  apiKeys: ApiKeyService,
) {
  const features = new FeatureRegistry();
  const roles = new RoleService({
    store: new RoleStore(repository),
    features,
    clock,
    cacheMs: CACHE_MS,
    changed: (name) => users.announceRoleChange(name),
  });
  const restrictionOf = (id: string) => apiKeys.restrictionOf(id);
  return { features, roles, authorizer: new Authorizer({ roles, features, restrictionOf }) };
}

function buildSessions(context: ServiceContext, directory: UserDirectory): SessionService {
  const { config, clock, randomness, repository } = context;
  const logger = context.logger.get('sessions');
  return new SessionService({
    store: new SessionStore(repository),
    directory,
    clock,
    randomness,
    logger,
    isCookiePrefixed: context.cookiePrefix !== '',
    idleTimeoutMs: config.session.idleTimeout,
    lifespanMs: config.session.lifespan,
    maxPerUser: config.session.concurrentSessions.maxSessions,
    cacheMs: CACHE_MS,
  });
}
