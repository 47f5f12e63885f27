import type { AuthenticatedUser, Principal } from '@latchkey/core/server';
import type {
  AuditEvent,
  FeatureRegistration,
  ReadSpaceDeletion,
  SecuritySetup,
  SecurityStart,
  UserChange,
} from './types.ts';

/** One event as a test sees it. */
export interface RecordedAuditEvent extends AuditEvent {
  readonly principal: Principal;
}

/** An audit that records instead of writing. */
export interface AuditMock {
  log(principal: Principal, event: AuditEvent): void;
  readonly events: readonly RecordedAuditEvent[];
}

/** An empty recorder. */
export function createAuditMock(): AuditMock {
  const events: RecordedAuditEvent[] = [];
  return { events, log: (principal, event) => void events.push({ ...event, principal }) };
}

/** A set-up contract that keeps what was registered and can announce changes of people. */
export interface SecuritySetupMock extends SecuritySetup {
  readonly audit: AuditMock;
  readonly features: readonly FeatureRegistration[];
  /** As registered by spaces; until then no space is ever deleted. */
  readSpaceDeletion: ReadSpaceDeletion;
  /** Calls every listener, as a change in the user store would, and resolves when they are done. */
  announce(change: UserChange): Promise<void>;
}

/** The set-up double. `audit`: share one recorder with the start double. */
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

/** What a test decides about people and their privileges. */
export interface SecurityStartMockOptions {
  readonly audit?: AuditMock;
  /**
   * Privileges that signed-in people lack: a list of names, everything, or a decision per principal. Default: none. Nobody signed
   * in always lacks all.
   */
  readonly missing?:
    | 'all'
    | readonly string[]
    | ((principal: Principal, privilege: string) => boolean);
  /** Who exists and is enabled, for background work. Default: nobody. */
  readonly activeUsers?: readonly AuthenticatedUser[];
}

/** A start contract whose people can be changed while the test runs. */
export interface SecurityStartMock extends SecurityStart {
  readonly audit: AuditMock;
  /** Replaces the people who exist. */
  setActiveUsers(users: readonly AuthenticatedUser[]): void;
}

/** The start double; by default every signed-in person holds everything. */
export function createSecurityStartMock(options: SecurityStartMockOptions = {}): SecurityStartMock {
  const { missing = [] } = options;
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
    removeSpace: async () => ({ roles: 0, apiKeys: 0 }),
    activeProfileUids: async function* () {
      yield* activeUsers.map(({ profileUid }) => profileUid);
    },
    setActiveUsers: (users) => {
      activeUsers = users;
    },
  };
}
