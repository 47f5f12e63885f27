import type { Connection } from '../history/events.ts';
import type { Call, KeySet, KeysLeft, LivenessVariant, StoreFault } from './protocol.ts';

/** What a worker does for the harness. Behind it is the capability by itself, or a whole server that is spoken to over HTTP. */
export interface WorkerHarness {
  /** One caller. Never rejects; the history says how it ended. */
  execute(call: Call): Promise<void>;
  createConnector(connector: string, client: string): Promise<void>;
  /** An edit that concerns no grant. */
  touchConnector(connector: string): Promise<void>;
  /** Resolves when everybody's grant has ended, or will in the background. */
  editConnector(connector: string, client: string): Promise<void>;
  /** Begins an authorization. @returns the client that asks */
  clientOf(connection: Connection): Promise<string | undefined>;
  /** Ends it. @returns the family the provider issued, if this side knows it */
  connect(request: Connection & { readonly code: string }): Promise<string | undefined>;
  disconnect(connection: Connection): Promise<unknown>;
  /** Resolves when the grants are over. */
  removeUser(user: string): Promise<unknown>;
  /** The same, of what is named; of everything, if nothing is. */
  massRevoke(scope: Partial<Connection>): Promise<void>;
  setClock(offsetMs: number): void;
  setStoreFault(mode: StoreFault): void;
  awaitStore(): Promise<void>;
  useKeys(keys: KeySet): Promise<void>;
  rotateKeys(): Promise<KeysLeft>;
  /** Works on runs that somebody left, and on everything that waits for a provider. */
  workOff(): Promise<void>;
  look(connections: readonly Connection[]): Promise<LivenessVariant[]>;
}
