import type { StoreLocation } from '@latchkey/test-environment';
import type { Connection } from '../history/events.ts';
import type { Timings } from './timings.ts';
import type { WorkflowPoint, WorkflowWorkerSettings } from './workflow_protocol.ts';

/** Safeguards that can be disabled, to test that the harness notices the violations. */
export const MUTATIONS = ['lease', 'cas', 'intent', 'generation', 'reread'] as const;
export type Mutation = (typeof MUTATIONS)[number];

/** The encryption keys of one process, by number. */
export interface KeySet {
  readonly primary: number;
  readonly decryptionOnly: readonly number[];
}

/** Numbers of objects that a rotation could not rotate. */
export interface KeysLeft {
  /** Objects that are not encrypted with the primary key of the process that counted them. */
  readonly old: number;
  readonly unreadable: number;
  readonly failed: number;
}

/** Kind of modules that a worker process loads. It is the only argument of the process. */
export type WorkerKind = 'capability' | 'server' | 'workflows';

/** Settings of a worker process. They are the first message to it. */
export interface WorkerSettings {
  readonly worker: string;
  readonly store: StoreLocation;
  readonly wholeServer: boolean;
  /** All users and connectors of the run. */
  readonly members: {
    readonly users: readonly string[];
    readonly connectors: readonly string[];
  };
  readonly historyPath: string;
  /** Origin of the provider and its API. */
  readonly origin: string;
  readonly mutation: Mutation | undefined;
  readonly keys: KeySet;
  readonly timings: Timings;
  /** Milliseconds that are added to the wall clock. */
  readonly clockOffsetMs: number;
  /**
   * Workflow settings of a whole server that runs workflows. `undefined`: the server refreshes and
   * revokes grants.
   */
  readonly workflows: WorkflowWorkerSettings | undefined;
}

/** One caller, who executes for a user through a connector, as a server does for `_execute`. */
export interface Call extends Connection {
  readonly call: string;
  readonly afterMs: number;
  readonly deadlineMs: number;
}

/** The steps of a refresh at which a worker can be stopped or killed. */
export const POINTS = [
  'lease_taken',
  'before_call',
  'after_call',
  'before_write',
  'after_write',
] as const;
export type Point = (typeof POINTS)[number];

/**
 * State of one worker's store. `writes`: it refuses every write. `all`: it is unavailable. `lost`:
 * it performs writes, but their responses do not arrive. `slow`: it performs everything, but late.
 */
export type StoreFault = 'none' | 'writes' | 'all' | 'lost' | 'slow';

/** Commands of the harness to a worker. */
export type Command =
  | { readonly do: 'burst'; readonly calls: readonly Call[] }
  | { readonly do: 'create_connector'; readonly connector: string; readonly client: string }
  /** An edit that affects no grant. */
  | { readonly do: 'touch_connector'; readonly connector: string }
  /** Completes the authorization that `client_of` started. */
  | ({ readonly do: 'connect'; readonly code: string } & Connection)
  | ({ readonly do: 'disconnect' } & Connection)
  /** Ends the grants of a user. The response says that they have ended. */
  | { readonly do: 'remove_user'; readonly user: string }
  /** Revokes the grants of the scope. An empty scope means all users and connectors. */
  | ({ readonly do: 'mass_revoke' } & Partial<Connection>)
  /**
   * Changes the client of a connector. The response says that every grant has ended, or will end in
   * the background.
   */
  | { readonly do: 'edit_connector'; readonly connector: string; readonly client: string }
  /** Sets the wall clock. `skewMs`: difference from the clocks of the other workers. */
  | { readonly do: 'clock'; readonly offsetMs: number; readonly skewMs: number }
  | { readonly do: 'store_fault'; readonly mode: StoreFault }
  | { readonly do: 'await_store' }
  | { readonly do: 'keys'; readonly keys: KeySet }
  /** Rotates all stored objects. The response is {@link KeysLeft}. */
  | { readonly do: 'rotate_keys' }
  | {
      readonly do: 'arm';
      readonly point: Point | WorkflowPoint;
      readonly action: 'stop' | 'kill';
    }
  | { readonly do: 'disarm' }
  /** Asks a whole server for its URL, which is the response. */
  | { readonly do: 'url' }
  /** Continues abandoned revocation jobs, and all work that waits for a provider. */
  | { readonly do: 'process_backlog' }
  /** Observes connections. The response is a list of {@link Observation}. */
  | { readonly do: 'observe'; readonly connections: readonly Connection[] }
  /** Starts an authorization. The response is the client of the authorization request. */
  | ({ readonly do: 'client_of' } & Connection);

/** The command with this name. */
export type CommandOf<D extends Command['do']> = Extract<Command, { readonly do: D }>;

/** A running worker, as the harness sees it. */
export interface CommandedWorker {
  readonly name: string;
  /**
   * Sends a command to the worker and resolves with its result.
   * @throws WorkerExitedError, CommandFailedError
   */
  ask(command: Command): Promise<unknown>;
}

/** State of one connection as a worker sees it. */
export interface Observation {
  readonly status: string;
  readonly lastError: string | undefined;
  readonly inOutbox: boolean;
}

export interface CommandMessage {
  readonly id: number;
  readonly command: Command;
}

/** Messages of a worker: it is ready, it is about to stop itself, or it responds to a command. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'stopping' }
  | { readonly type: 'done'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly code: string };
