import type { Principal } from '@latchkey/core/server';
import type { SecuritySetup, SecurityStart } from '@latchkey/security-plugin/server';
import type { TaskManagerSetup, TaskManagerStart } from '@latchkey/task-manager-plugin/server';

/** A partition of connectors and workflows. The `default` space always exists. */
export interface Space {
  /** Id of lower-case letters, digits, `-` and `_`. */
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly color?: string | undefined;
  readonly initials?: string | undefined;
  /**
   * View of Kibana for which the space was created. It is stored and returned, but has no effect
   * here.
   */
  readonly solution?: string | undefined;
  readonly disabledFeatures: readonly string[];
}

/** A request to a handler to remove contents of a space. */
export interface SpaceDataRequest {
  readonly spaceId: string;
  /**
   * User who deleted the space. `undefined`: the server itself, because it has found data of a
   * space that no longer exists.
   */
  readonly requestedBy: Principal | undefined;
  /** Instant at which the space was closed. */
  readonly deletingSince: Date;
  /**
   * Aborted at shutdown and when the call has used its time. The handler then returns the work that
   * it has done so far.
   */
  readonly signal: AbortSignal;
  /**
   * Call it after listing objects and before removing them, and then remove only the listed
   * versions. In between, the process may have been paused, another process may have finished the
   * deletion, and the id may belong to a new space.
   * @throws Error when this deletion has finished
   */
  ensureCurrent(): Promise<void>;
}

/** Result of one call of a handler. */
export interface SpaceDataResult {
  /** Number of removed objects by kind, for display: `{ connectors: 3 }`. */
  readonly removed: Readonly<Record<string, number>>;
  /**
   * Number of unfinished pieces of work, of this call or in the background. The call is repeated
   * until the number is 0.
   */
  readonly remaining: number;
}

/**
 * Removes the data that one plugin stores per space. Every plugin with such data registers one. The
 * server refuses to start if a saved-object type with a space has no handler.
 */
export interface SpaceDataHandler {
  /** Id of the handler, for example `actions`. Each handler needs its own id. */
  readonly id: string;
  /** Names of the saved-object types that the handler deletes. */
  readonly types: readonly string[];
  /**
   * Called repeatedly, after crashes and by other processes, until it removes nothing and nothing
   * remains. A failure is logged and retried later.
   */
  deleteData(request: SpaceDataRequest): Promise<SpaceDataResult>;
  /**
   * Number of objects that deleting the space removes or changes, by kind. Users see the numbers
   * before they decide. The kinds are those of `SpaceDataResult.removed`. Changes nothing.
   */
  countData(spaceId: string): Promise<Readonly<Record<string, number>>>;
  /**
   * Ids of all spaces that have data, including spaces that no longer exist. Ids may be repeated.
   * Absent: the handler never leaves data behind.
   */
  spacesInUse?(): AsyncIterable<string>;
  /**
   * Number of confirmations that third parties have not sent yet, or will never send, by kind, for
   * example `{ revocations: 2, failed_revocations: 1 }`. May be more than zero after the deletion.
   */
  countOutstanding?(spaceId: string): Promise<Readonly<Record<string, number>>>;
}

/** Setup contract of spaces. */
export interface SpacesSetup {
  /**
   * Registers a handler that deletes data of a space.
   * @throws Error on a duplicate id, or a type that another handler has
   */
  registerDataHandler(handler: SpaceDataHandler): void;
}

/** Start contract of spaces. A space that is being deleted does not exist. */
export interface SpacesStart {
  /**
   * Returns `true` if the space exists. The result may be up to 2 seconds old, so use it only for
   * reads.
   */
  exists(spaceId: string): Promise<boolean>;
  /**
   * Returns `true` if the space is open. Exact: reads the store once. Call it before executing or
   * authorizing something in a space. When you create something in a space, call it before and
   * after the write, and remove the new object if the second call returns `false`: the deletion of
   * the space finds objects that were written before the space was closed, but not later ones.
   */
  isOpen(spaceId: string): Promise<boolean>;
}

/** Plugins that spaces needs during setup. */
export interface SpacesSetupDeps {
  readonly security: SecuritySetup;
  readonly taskManager: TaskManagerSetup;
}

/** Plugins that spaces needs once started. */
export interface SpacesStartDeps {
  readonly security: SecurityStart;
  readonly taskManager: TaskManagerStart;
}
