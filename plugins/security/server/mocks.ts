import type { AuthenticatedUser, Principal } from '@latchkey/core/server';
import { DEFAULT_USER_SETTINGS, type UserSettings } from '../common/index.ts';
import { deferredIdentityOf } from './authentication/index.ts';
import type {
  AuditEvent,
  FeatureRegistration,
  ReadSpaceDeletion,
  SecuritySetup,
  SecurityStart,
  UserChange,
} from './types.ts';

export { USER_TYPE, userType } from './users/index.ts';

/** An audit event and its principal, for assertions. */
export interface RecordedAuditEvent extends AuditEvent {
  readonly principal: Principal;
}

/** An audit log that records events instead of writing them. */
export interface AuditMock {
  log(principal: Principal, event: AuditEvent): void;
  readonly events: readonly RecordedAuditEvent[];
}

/** Creates an audit mock without events. */
export function createAuditMock(): AuditMock {
  const events: RecordedAuditEvent[] = [];
  return { events, log: (principal, event) => void events.push({ ...event, principal }) };
}

/** A setup contract that records registrations and can publish changes of users. */
export interface SecuritySetupMock extends SecuritySetup {
  readonly audit: AuditMock;
  readonly features: readonly FeatureRegistration[];
  /** Function that the spaces plugin has registered. Before that, no space is being deleted. */
  readSpaceDeletion: ReadSpaceDeletion;
  /** Calls every listener, like a change in the user store, and resolves when they are done. */
  announce(change: UserChange): Promise<void>;
}

/**
 * Creates a mock of the setup contract.
 * @param audit recorder that is shared with the mock of the start contract
 */
export function createSecuritySetupMock(
  options: { readonly audit?: AuditMock } = {},
): SecuritySetupMock {
  const features: FeatureRegistration[] = [];
  const listeners: ((change: UserChange) => Promise<void>)[] = [];
  const setup: SecuritySetupMock = {
    audit: options.audit ?? createAuditMock(),
    features,
    readSpaceDeletion: async () => ({ isBeingDeleted: false, lastDeletion: undefined }),
    registerFeature: (feature) => void features.push(feature),
    onUserChange: (listener) => void listeners.push(listener),
    registerSpaceDeletions: (read) => {
      setup.readSpaceDeletion = read;
    },
    announce: async (change) => {
      for (const listener of listeners) await listener(change);
    },
  };
  return setup;
}

/** Users and their privileges in a test. */
export interface SecurityStartMockOptions {
  readonly audit?: AuditMock;
  /**
   * Privileges that signed-in users lack: a list of names, all, or a function of the principal.
   * Default: none. A principal without a user always lacks all.
   */
  readonly missing?:
    | 'all'
    | readonly string[]
    | ((principal: Principal, privilege: string) => boolean);
  /**
   * Users that exist and are enabled, for background work. A user with `apiKeyId` is the owner of a
   * valid API key. Default: none.
   */
  readonly activeUsers?: readonly AuthenticatedUser[];
  /** Personal settings of all users, read for each page. Default: none are stored. */
  readonly userSettings?: () => UserSettings;
}

/** A mock of the start contract. Tests can change its users. */
export interface SecurityStartMock extends SecurityStart {
  readonly audit: AuditMock;
  /** Replaces the existing users. */
  setActiveUsers(users: readonly AuthenticatedUser[]): void;
}

/** Creates a mock of the start contract. By default every signed-in user has all privileges. */
export function createSecurityStartMock(options: SecurityStartMockOptions = {}): SecurityStartMock {
  const { missing = [], userSettings = () => DEFAULT_USER_SETTINGS } = options;
  let activeUsers = options.activeUsers ?? [];
  const lacks = (principal: Principal, privilege: string): boolean => {
    if (principal.user === undefined || missing === 'all') return true;
    return typeof missing === 'function'
      ? missing(principal, privilege)
      : missing.includes(privilege);
  };
  return {
    audit: options.audit ?? createAuditMock(),
    missingPrivileges: async (principal, required) =>
      required.filter((privilege) => lacks(principal, privilege)),
    hasAnyPrivilege: async (principal) => !lacks(principal, 'any'),
    getActiveUser: async (profileUid) => activeUsers.find((user) => user.profileUid === profileUid),
    deferredIdentity: deferredIdentityOf,
    getDeferredUser: async ({ profileUid, apiKeyId }) => {
      const isThis = (user: AuthenticatedUser) =>
        user.profileUid === profileUid && (user.apiKeyId ?? null) === apiKeyId;
      const user = activeUsers.find(isThis);
      return user && { ...user, authenticationType: 'deferred' };
    },
    getCurrentUser: async (user) =>
      user.authenticationType === 'deferred'
        ? activeUsers.find(({ profileUid }) => profileUid === user.profileUid) && user
        : user,
    removeSpace: async () => ({ roles: 0, apiKeys: 0 }),
    countSpace: async () => ({ roles: 0, apiKeys: 0 }),
    activeProfileUids: async function* () {
      yield* activeUsers.map(({ profileUid }) => profileUid);
    },
    findProfileUids: async (text, limit) =>
      activeUsers
        .filter(({ username, fullName = '' }) =>
          [username, fullName].some((name) => name.toLowerCase().includes(text.toLowerCase())),
        )
        .slice(0, limit)
        .map(({ profileUid }) => profileUid),
    getPageUser: async ({ user }) => ({
      user,
      settings: user === undefined ? DEFAULT_USER_SETTINGS : userSettings(),
      privileges: [],
    }),
    setActiveUsers: (users) => {
      activeUsers = users;
    },
  };
}
