import type { Principal } from '@latchkey/core/server';
import type { SecuritySetup, SecurityStart } from '@latchkey/security-plugin/server';
import type { TaskManagerSetup, TaskManagerStart } from '@latchkey/task-manager-plugin/server';

/** A partition of connectors and workflows. The `default` space always exists. */
export interface Space {
  /** Lower-case letters, digits, `-` and `_`. */
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly color?: string | undefined;
  readonly initials?: string | undefined;
  /** Which of Kibana's views the space was made for; kept and given back, without effect here. */
  readonly solution?: string | undefined;
  readonly disabledFeatures: readonly string[];
}

/** One call to remove what a space holds. */
export interface SpaceDataRequest {
  readonly spaceId: string;
  /** Who deleted the space; `undefined`: the server, which found data of a space that is gone. */
  readonly requestedBy: Principal | undefined;
  /** Aborts at shutdown and when the call has taken long enough; return what was done by then. */
  readonly signal: AbortSignal;
  /**
   * Call after listing and before removing, then remove by version only. A process may have stood still since it listed, the deletion may
   * be finished by another one, and the id may belong to a new space by now.
   * @throws Error when this deletion is over
   */
  ensureCurrent(): Promise<void>;
}

/** What one call removed and what is left. */
export interface SpaceDataResult {
  /** By kind, for people: `{ connectors: 3 }`. */
  readonly removed: Readonly<Record<string, number>>;
  /** Pieces of work that are not finished, here or in the background; the call is repeated until there are none. */
  readonly remaining: number;
}

/**
 * Removes what one plugin stores per space. Every plugin that stores something in a space registers one, and the server refuses to start while a
 * saved-object type that lives in spaces has none.
 */
export interface SpaceDataHandler {
  /** Unique, for example `actions`. */
  readonly id: string;
  /** Names of the saved-object types it is responsible for. */
  readonly types: readonly string[];
  /** Called again and again, after crashes and by other processes, until it removes nothing and nothing remains. A failure is logged and tried again later. */
  deleteData(request: SpaceDataRequest): Promise<SpaceDataResult>;
  /** Ids of all spaces that hold data, of those that are gone as well; may repeat. Left out: nothing of it can be left behind. */
  spacesInUse?(): AsyncIterable<string>;
  /** What third parties still have to confirm, by kind, for example `{ revocations: 2 }`. May be more than nothing after the deletion. */
  countOutstanding?(spaceId: string): Promise<Readonly<Record<string, number>>>;
}

/** What spaces offers while plugins set up. */
export interface SpacesSetup {
  /** @throws Error on a duplicate id, or a type that another handler has */
  registerDataHandler(handler: SpaceDataHandler): void;
}

/** What spaces offers once started. A space being deleted does not exist. */
export interface SpacesStart {
  /** At most 2 seconds behind other processes; for reads. */
  exists(spaceId: string): Promise<boolean>;
  /**
   * Exact, one read of the store. Ask before something is executed or authorized in a space; ask before and after something is created in it, and remove that
   * again when the second answer is no: what is written before the space closes is found by its deletion, and what is written later is not.
   */
  isOpen(spaceId: string): Promise<boolean>;
}

/** What spaces needs while it sets up. */
export interface SpacesSetupDeps {
  readonly security: SecuritySetup;
  readonly taskManager: TaskManagerSetup;
}

/** What spaces needs once started. */
export interface SpacesStartDeps {
  readonly security: SecurityStart;
  readonly taskManager: TaskManagerStart;
}
