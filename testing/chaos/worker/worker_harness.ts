import type { Connection } from '../history/events.ts';
import type { Call, KeySet, KeysLeft, Observation, StoreFault } from '../plan/protocol.ts';

/**
 * Functions of a worker that the harness calls. Implemented by the capability without a server, and
 * by a whole server that is used over HTTP.
 */
export interface WorkerHarness {
  /** One caller. Never rejects; the result is in the history. */
  execute(call: Call): Promise<void>;
  createConnector(connector: string, client: string): Promise<void>;
  /** An edit that affects no grant. */
  touchConnector(connector: string): Promise<void>;
  /** Resolves when every grant has ended, or will end in the background. */
  editConnector(connector: string, client: string): Promise<void>;
  /**
   * Starts an authorization.
   * @returns the client of the authorization request
   */
  clientOf(connection: Connection): Promise<string | undefined>;
  /** Completes the authorization that `clientOf` started. */
  connect(request: Connection & { readonly code: string }): Promise<void>;
  disconnect(connection: Connection): Promise<unknown>;
  /** Resolves when the user's grants have ended. */
  removeUser(user: string): Promise<unknown>;
  /** Revokes the grants of the given scope; of all users and connectors when it is empty. */
  massRevoke(scope: Partial<Connection>): Promise<void>;
  setClock(offsetMs: number): void;
  setStoreFault(mode: StoreFault): void;
  awaitStore(): Promise<void>;
  useKeys(keys: KeySet): Promise<void>;
  rotateKeys(): Promise<KeysLeft>;
  /** Continues abandoned revocation jobs, and everything that waits for a provider. */
  processBacklog(): Promise<void>;
  observe(connections: readonly Connection[]): Promise<Observation[]>;
}
