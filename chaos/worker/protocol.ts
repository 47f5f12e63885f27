import type { Timings } from '../harness/timings.ts';
import type { Connection, Operation } from '../history/events.ts';
import type { Mutation } from '../mutation.ts';

/** Where the store is that all workers share. */
export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'elasticsearch';
      readonly hosts: readonly string[];
      readonly indexPrefix: string;
    };

/** The encryption keys of one process, by number. */
export interface KeySet {
  readonly primary: number;
  readonly decryptionOnly: readonly number[];
}

/** What a rotation left behind. */
export interface KeysLeft {
  /** Objects that need another key than the primary one of the process that counted. */
  readonly old: number;
  readonly unreadable: number;
  readonly failed: number;
}

/** How one life of a worker process is set up; handed over as its only argument. */
export interface WorkerSettings {
  readonly worker: string;
  readonly store: StoreLocation;
  /** For what a whole server keeps besides. */
  readonly dataPath: string;
  readonly wholeServer: boolean;
  /** Who may be asked about. */
  readonly everybody: {
    readonly users: readonly string[];
    readonly connectors: readonly string[];
  };
  readonly historyPath: string;
  /** Of the provider and its API. */
  readonly origin: string;
  readonly mutation: Mutation | undefined;
  readonly keys: KeySet;
  readonly timings: Timings;
  /** Added to the wall clock, milliseconds. */
  readonly clockOffsetMs: number;
}

/** One caller: executes for a person through a connector, as a server does for `_execute`. */
export interface Call extends Connection {
  readonly call: string;
  readonly afterMs: number;
  readonly deadlineMs: number;
}

/** The moments of a refresh at which a worker can be stopped or killed. */
export const POINTS = [
  'lease_taken',
  'before_call',
  'after_call',
  'before_write',
  'after_write',
] as const;
export type Point = (typeof POINTS)[number];

/**
 * What the store of one worker does. `writes`: refuses every write. `all`: is away. `lost`: writes, and its answers do not arrive.
 * `slow`: does everything, late.
 */
export type StoreFault = 'none' | 'writes' | 'all' | 'lost' | 'slow';

/** What the harness asks a worker to do. */
export type Command =
  | { readonly do: 'storm'; readonly calls: readonly Call[] }
  | { readonly do: 'create_connector'; readonly connector: string; readonly client: string }
  | { readonly do: 'touch_connector'; readonly connector: string }
  | ({ readonly do: 'connect'; readonly code: string } & Connection)
  | ({ readonly do: 'disconnect' } & Connection)
  | { readonly do: 'remove_person'; readonly user: string }
  | ({ readonly do: 'mass_revoke' } & Partial<Connection>)
  | { readonly do: 'edit_connector'; readonly connector: string; readonly client: string }
  /** `skewMs`: what of it the others do not have. */
  | { readonly do: 'clock'; readonly offsetMs: number; readonly skewMs: number }
  | { readonly do: 'store_fault'; readonly mode: StoreFault }
  | { readonly do: 'await_store' }
  | { readonly do: 'keys'; readonly keys: KeySet }
  | { readonly do: 'rotate_keys' }
  | { readonly do: 'arm'; readonly point: Point; readonly action: 'stop' | 'kill' }
  | { readonly do: 'disarm' }
  | { readonly do: 'work_off' }
  | { readonly do: 'look'; readonly connections: readonly Connection[] }
  | ({ readonly do: 'client_of' } & Connection);

/** What a worker sees of one connection. */
export interface LivenessVariant {
  readonly status: string;
  readonly lastError: string | undefined;
  readonly inOutbox: boolean;
}

/** Names of operations as commands; they are recorded with their acknowledgement. */
export type OperationCommand = Extract<Command, { readonly do: Operation }>;

export interface CommandMessage {
  readonly id: number;
  readonly command: Command;
}

/** What a worker sends: that it is ready, that it is about to stop itself, or the answer to a command. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'stopping' }
  | { readonly type: 'done'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly code: string };
