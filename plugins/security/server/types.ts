import type { LocalizedText } from '@latchkey/core/common';
import type { AuthenticatedUser, Principal } from '@latchkey/core/server';
import type { EncryptedSavedObjectsSetup } from '@latchkey/encrypted-saved-objects-plugin/server';
import type { UserSettings } from '../common/index.ts';

/** One feature whose privileges roles can grant per space. */
export interface FeatureRegistration {
  /** Id of the feature, for example `actions`; role bodies name it under `kibana[].feature`. */
  readonly id: string;
  /**
   * Name of the feature. The public API shows the English name, the web app the name in the user's
   * language.
   */
  readonly name: LocalizedText;
  /**
   * Names of the privileges that `all` and `read` grant, such as `actions:execute`. A role with
   * `base: ['all']` or `['read']` has them for every feature.
   */
  readonly privileges: { readonly all: readonly string[]; readonly read: readonly string[] };
  /**
   * `true`: an administrative feature that no role can name. Only a role's base privilege for every
   * space (`spaces: ['*']`) and the superuser include it; `editor` and `viewer` do not. Default
   * `false`.
   */
  readonly onlyWithBaseInEverySpace?: boolean;
  /**
   * `true`: the privileges apply beyond one space, so only role entries for every space grant them,
   * by name or by base. Default `false`.
   */
  readonly onlyInEverySpace?: boolean;
}

/** Outcome of an audit event, as in Kibana. `unknown` is written before a change is attempted. */
export type AuditOutcome = 'success' | 'failure' | 'unknown';

/** One audit event. It contains ids and labels, never a secret. */
export interface AuditEvent {
  /** Name of the action in snake case, for example `connector_execute`. */
  readonly action: string;
  readonly outcome: AuditOutcome;
  /** One sentence that names objects by their ids. */
  readonly message: string;
  readonly savedObject?: { readonly type: string; readonly id: string };
  /** Profile uid of the affected user, if this is not the actor. */
  readonly subjectProfileUid?: string;
  /** Code of the failure. Never a text of a provider. */
  readonly errorCode?: string;
  /**
   * `true`: the event may be written together with others, at the latest in the first turn of the
   * event loop after 100 ms. A process that is killed before then loses the event. Only for
   * frequent events that record no change in the store. Default `false`.
   */
  readonly mayWait?: boolean;
}

/** The audit log, for other plugins. */
export interface Audit {
  /** Writes one event with actor, space and request id to the audit log. Never throws. */
  log(principal: Principal, event: AuditEvent): void;
}

/** A change of a user, for plugins that store data on behalf of users. */
export type UserChange = {
  /**
   * `deactivating` is published before a user is disabled or deleted; this write may still fail. A
   * listener that must not miss the change when this process crashes queues its work at this event.
   * The other types are published after the write.
   */
  readonly type: 'deactivating' | 'disabled' | 'deleted' | 'roles_changed';
  readonly profileUid: string;
  readonly username: string;
};

/** Plugins that security uses during setup. */
export interface SecuritySetupDeps {
  readonly encryptedSavedObjects?: Pick<EncryptedSavedObjectsSetup, 'onKeyAdministration'>;
}

/** Deletion state of the spaces with one id. */
export interface SpaceDeletion {
  /** `true` from the moment when a space is closed until its id can be used again. */
  readonly isBeingDeleted: boolean;
  /** Value that differs after each deletion. `undefined`: no deletion is known. */
  readonly lastDeletion: string | undefined;
}

/** Reads the deletion state of a space from the store, without a cache. */
export type ReadSpaceDeletion = (spaceId: string) => Promise<SpaceDeletion>;

/**
 * The user of a request, and the API key that it used, for work that runs after the request. Plain
 * JSON, to be stored. Only `SecurityStart.deferredIdentity` creates one: an identity that lost the
 * key would give a restricted key all privileges of its owner.
 */
export interface DeferredIdentity {
  readonly profileUid: string;
  /** `null`: the request used no API key. */
  readonly apiKeyId: string | null;
}

/** The user of a page, for the data that the server writes into the page. */
export interface PageUser {
  /** The signed-in user. `undefined`: nobody is signed in, and the settings are the defaults. */
  readonly user:
    | Pick<AuthenticatedUser, 'username' | 'fullName' | 'email' | 'profileUid' | 'roles'>
    | undefined;
  readonly settings: UserSettings;
  /** Names of the privileges that the user has in the space of the request, sorted. */
  readonly privileges: readonly string[];
}

/** Contract of the security plugin during `setup`. */
export interface SecuritySetup {
  /** Call in `setup`. @throws Error on a duplicate id or after start */
  registerFeature(feature: FeatureRegistration): void;
  /**
   * Registers a listener. It is called after the change is stored, except for `deactivating`. A
   * failure is logged and not retried, so the listener must queue its work.
   */
  onUserChange(listener: (change: UserChange) => Promise<void>): void;
  /**
   * Registers the reader of space deletions, so that roles that name a space which is being deleted
   * are refused. The spaces plugin depends on security, so security cannot call it directly.
   */
  registerSpaceDeletions(read: ReadSpaceDeletion): void;
  readonly audit: Audit;
}

/**
 * Contract of the security plugin after `start`. Results include changes by other processes after
 * at most 2 seconds, and changes by this process immediately.
 */
export interface SecurityStart {
  readonly audit: Audit;
  /**
   * Returns the privileges of `required` that the principal lacks in its space. A principal without
   * a user lacks all of them.
   */
  missingPrivileges(principal: Principal, required: readonly string[]): Promise<readonly string[]>;
  /**
   * `true` if the principal has any privilege in its space. If not, the space is hidden from it.
   */
  hasAnyPrivilege(principal: Principal): Promise<boolean>;
  /**
   * Current state of a user, with all privileges of the user, for checks in the background.
   * `undefined`: the user was deleted or disabled. Work that a request has asked for must use
   * {@link getDeferredUser}.
   */
  getActiveUser(profileUid: string): Promise<AuthenticatedUser | undefined>;
  /**
   * Identity of the principal of a request, or of deferred work, for later work.
   * @throws HttpError 403 without a user, and for an API key without an id, which cannot be checked
   *   later
   */
  deferredIdentity(principal: Pick<Principal, 'user'>): DeferredIdentity;
  /**
   * Current state of the user of a deferred identity, with the authentication type `deferred`. If
   * an API key was used, the user has the current restriction of the key. It does not matter if the
   * session has ended. `undefined`: the user was deleted or disabled; the key was invalidated or
   * has expired; or the value was not created by {@link deferredIdentity}.
   */
  getDeferredUser(identity: DeferredIdentity): Promise<AuthenticatedUser | undefined>;
  /**
   * Current state of the user of a principal, for work that has waited since the principal was
   * created. A user of a request is authenticated again with the same credentials. `undefined`: the
   * user was deleted or disabled; the session or the API key has ended; the password was changed;
   * or the given object is a copy of the request's user object.
   */
  getCurrentUser(user: AuthenticatedUser): Promise<AuthenticatedUser | undefined>;
  /**
   * Removes a space from all roles and from the restrictions of API keys, for the deletion of the
   * space. A role entry that named no other space is removed as a whole, so that it never grants
   * every space. A key whose restriction becomes empty is invalidated.
   * @param ensureCurrent called after a role or key was read and before it is written; throws when
   * the deletion is over
   * @returns number of roles and keys that named the space
   */
  removeSpace(
    spaceId: string,
    ensureCurrent: () => Promise<void>,
  ): Promise<{ readonly roles: number; readonly apiKeys: number }>;
  /** Number of roles and API keys that {@link removeSpace} would change. */
  countSpace(spaceId: string): Promise<{ readonly roles: number; readonly apiKeys: number }>;
  /**
   * Profile uids of all enabled users, in no order. Searches may miss recent writes, so call {@link
   * getActiveUser} before you treat a missing user as removed.
   */
  activeProfileUids(): AsyncIterable<string>;
  /**
   * Profile uids of the enabled users whose username or full name contains the text; upper and
   * lower case count as equal. At most `limit`, in no order.
   */
  findProfileUids(text: string, limit: number): Promise<readonly string[]>;
  /**
   * User, settings and privileges for the page that a request opens. Reads the store only once.
   * @throws StoreError when the store is unavailable
   */
  getPageUser(principal: Principal): Promise<PageUser>;
}
