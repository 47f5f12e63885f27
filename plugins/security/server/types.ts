import type { AuthenticatedUser, Principal } from '@latchkey/core/server';
import type { EncryptedSavedObjectsSetup } from '@latchkey/encrypted-saved-objects-plugin/server';

/** One feature whose privileges roles can grant per space. */
export interface FeatureRegistration {
  /** For example `actions`; role bodies name it under `kibana[].feature`. */
  readonly id: string;
  readonly name: string;
  /** What `all` and `read` grant, as names like `actions:execute`; `base: ['all'|'read']` of a role grants every feature's. */
  readonly privileges: { readonly all: readonly string[]; readonly read: readonly string[] };
  /**
   * `true`: an administrative feature that no role can name. Only a role's base privilege for every space (`spaces: ['*']`) and
   * the superuser hold it; `editor` and `viewer` do not. Default `false`.
   */
  readonly onlyWithBaseInEverySpace?: boolean;
  /**
   * `true`: the privileges reach beyond a space, so only rows of roles for every space grant them,
   * by name or base. Default `false`.
   */
  readonly onlyInEverySpace?: boolean;
}

/** Kibana's audit outcome: `unknown` is written before a change is attempted. */
export type AuditOutcome = 'success' | 'failure' | 'unknown';

/** One audit event. Never carries a secret; ids and labels only. */
export interface AuditEvent {
  /** Snake case, for example `connector_execute`. */
  readonly action: string;
  readonly outcome: AuditOutcome;
  /** One sentence with ids. */
  readonly message: string;
  readonly savedObject?: { readonly type: string; readonly id: string };
  /** The person affected when it is not the actor, by profile uid. */
  readonly subjectProfileUid?: string;
  /** Code of the failure, never a provider's text. */
  readonly errorCode?: string;
}

/** Where plugins tell who did what. */
export interface Audit {
  /** Writes one event with actor, space and request id to the audit log. Never throws. */
  log(principal: Principal, event: AuditEvent): void;
}

/** What changed with a person, for plugins that hold things in their name. */
export type UserChange = {
  /** `leaving`: about to be disabled or deleted. Told before that is stored, and perhaps it never is: for whoever must not miss it though this process dies. */
  readonly type: 'deactivating' | 'disabled' | 'deleted' | 'roles_changed';
  readonly profileUid: string;
  readonly username: string;
};

/** Plugins that security uses during setup. */
export interface SecuritySetupDeps {
  readonly encryptedSavedObjects?: Pick<EncryptedSavedObjectsSetup, 'onKeyAdministration'>;
}

/** Deletions of the spaces with one id. */
export interface SpaceDeletion {
  /** `true` from the moment a space is closed until its id is free again. */
  readonly isBeingDeleted: boolean;
  /** Another value after each deletion; `undefined`: none is known. */
  readonly lastDeletion: string | undefined;
}

/** Reads the store; never stale. */
export type ReadSpaceDeletion = (spaceId: string) => Promise<SpaceDeletion>;

/** What security offers while plugins set up. */
export interface SecuritySetup {
  /** Call in `setup`. @throws Error on a duplicate id or after start */
  registerFeature(feature: FeatureRegistration): void;
  /** Called after the change is stored, except for `leaving`; failures are logged and retried by nobody, so the listener must queue its work. */
  onUserChange(listener: (change: UserChange) => Promise<void>): void;
  /**
   * Makes roles refuse spaces that are being deleted. Security cannot ask for them itself, because
   * spaces depend on it.
   */
  registerSpaceDeletions(read: ReadSpaceDeletion): void;
  readonly audit: Audit;
}

/** What security offers once started. Answers are at most 2 seconds behind changes made by other processes, and never behind our own. */
export interface SecurityStart {
  readonly audit: Audit;
  /** The privileges of `required` that the principal lacks in its space. Nobody signed in lacks all of them. */
  missingPrivileges(principal: Principal, required: readonly string[]): Promise<readonly string[]>;
  /** Whether the principal holds anything at all in its space; decides whether the space exists for that person. */
  hasAnyPrivilege(principal: Principal): Promise<boolean>;
  /** The person as stored now; `undefined` when deleted or disabled. For background work in their name. */
  getActiveUser(profileUid: string): Promise<AuthenticatedUser | undefined>;
  /**
   * Removes a space from all roles and from the restrictions of API keys, for the deletion of the
   * space. A row that named no other space is removed as a whole, so that it never grants every
   * space. A key whose restriction becomes empty is invalidated.
   * @param ensureCurrent called after a role or key was read and before it is written; throws when
   * the deletion is over
   * @returns number of roles and keys that named the space
   */
  removeSpace(
    spaceId: string,
    ensureCurrent: () => Promise<void>,
  ): Promise<{ readonly roles: number; readonly apiKeys: number }>;
  /** The profile uids of all who are not deleted or disabled, in no order. A search beside the memory that requests use, so it may be further behind: ask for the one person before acting on an absence. */
  activeProfileUids(): AsyncIterable<string>;
}
