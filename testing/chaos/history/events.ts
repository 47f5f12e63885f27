import type { WorkflowEvent } from './workflow_events.ts';

/** A user's connection to a connector. All checks are made per connection. */
export interface Connection {
  readonly user: string;
  readonly connector: string;
}

/** Result that a caller received. `unclassified` is a defect; every other result is expected. */
export type Response =
  | 'ok'
  /** The user must authorize. */
  | 'authorize'
  /** An administrator must act. */
  | 'misconfigured'
  /** The error is temporary. */
  | 'later'
  /** The API refused even the replaced token. */
  | 'refused'
  /** The API call itself failed or exceeded the deadline. */
  | 'api_failed'
  /** An error of an unknown class. */
  | 'unclassified';

/** An operation of the harness, or of a user or administrator through it. */
export type Operation =
  | 'connect'
  | 'disconnect'
  /** Ends the grants of a user, as when the user is disabled or deleted. */
  | 'remove_user'
  /** Ends the grants of one user, of one connector, or all grants. */
  | 'mass_revoke'
  | 'edit_connector';

/**
 * One line of the history. `at` is the machine's monotonic clock in milliseconds, the same for all
 * processes. `worker` names one process of a worker (`w1.3` is the third process of worker 1).
 * Tokens appear as short hashes only.
 */
export type HistoryEvent = { readonly at: number } & (
  | { readonly type: 'round'; readonly round: number; readonly script: unknown }
  // These events are recorded by the provider.
  | ({
      readonly type: 'issued';
      readonly family: string;
      readonly client: string;
    } & Connection)
  | ({
      readonly type: 'presented';
      readonly presentation: string;
      readonly worker: string;
      readonly token: string;
      /** Family of the token. `undefined`: the provider never issued it. */
      readonly family: string | undefined;
      readonly client: string;
    } & Partial<Connection>)
  | {
      readonly type: 'acted';
      readonly presentation: string;
      readonly result: 'rotated' | 'reuse' | 'refused' | 'nothing';
      readonly code: string;
    }
  /**
   * The last byte of the response was handed to the network, or `lost`: the connection was cut
   * before.
   */
  | { readonly type: 'responded'; readonly presentation: string; readonly lost: boolean }
  | {
      readonly type: 'family_ended';
      readonly family: string;
      readonly cause: 'reuse' | 'revoked' | 'injected';
    }
  // These events are recorded by the API.
  | ({
      readonly type: 'api_request';
      readonly call: string;
      readonly worker: string;
      readonly client: string;
      readonly token: string;
      /** Owner of the token. `undefined`: the token is unknown. */
      readonly owner:
        | (Connection & { readonly family: string; readonly client: string })
        | undefined;
      readonly status: number;
    } & Connection)
  // These events are recorded by the workers.
  | ({
      readonly type: 'call_start';
      readonly call: string;
      readonly worker: string;
      readonly deadlineMs: number;
    } & Connection)
  | {
      readonly type: 'call_end';
      readonly call: string;
      readonly response: Response;
      /** Code or reason of the error class. */
      readonly code: string | undefined;
      /**
       * `true`: the served token was fresh in the store when the call began, and yet the call
       * entered the refresh.
       */
      readonly waitedWithFreshToken: boolean;
    }
  | {
      readonly type: 'refresh_ended';
      readonly worker: string;
      /** Presentation whose response the worker read. `undefined`: it read none. */
      readonly presentation: string | undefined;
      readonly token: string;
      readonly outcome: string;
    }
  | { readonly type: 'reached'; readonly worker: string; readonly point: string }
  | ({
      readonly type: 'audit';
      readonly worker: string;
      readonly event: string;
    } & Partial<Connection>)
  // These events are recorded by the harness.
  | { readonly type: 'store_fault'; readonly worker: string; readonly mode: string }
  | { readonly type: 'node_lost' | 'node_back'; readonly node: number }
  /**
   * A step of a key rotation. `left`: number of objects that still needed an earlier key, or could
   * not be read, when the earlier key was to be removed.
   */
  | {
      readonly type: 'keys';
      readonly step: 'added' | 'swapped' | 'reencrypted' | 'retired';
      readonly key: number;
      readonly left: number;
    }
  /** The process could not run for `forMs` milliseconds. `worker` may also be `harness`. */
  | { readonly type: 'stalled'; readonly worker: string; readonly forMs: number }
  | {
      readonly type: 'clock';
      readonly worker: string;
      readonly offsetMs: number;
      /** Difference from the wall clocks of the other workers, in milliseconds. */
      readonly skewMs: number;
    }
  | { readonly type: 'forked'; readonly worker: string; readonly pid: number }
  /** `crashed`: it exited although it was not killed. */
  | { readonly type: 'stopped'; readonly worker: string }
  | { readonly type: 'continued'; readonly worker: string }
  | { readonly type: 'killed'; readonly worker: string }
  | { readonly type: 'crashed'; readonly worker: string }
  /** The marker of a secret was found where it must not be. */
  | { readonly type: 'leak'; readonly where: string }
  | ({
      readonly type: 'op_start';
      readonly op: string;
      readonly worker: string;
      readonly what: Operation;
    } & Partial<Connection>)
  | {
      readonly type: 'op_end';
      readonly op: string;
      readonly acknowledged: boolean;
      /** Family of the stored tokens. Only for `connect`. */
      readonly family?: string | undefined;
      readonly code?: string | undefined;
    }
  | { readonly type: 'quiet' }
  /** The state after quiescence, according to the store, to a last call, and to the provider. */
  | ({
      readonly type: 'final_state';
      readonly statuses: readonly string[];
      readonly lastError: string | undefined;
      readonly probe: Response;
      /** Family of the token that the last call used successfully. */
      readonly probeFamily: string | undefined;
      readonly aliveFamilies: readonly string[];
      /** `true` while the outbox has an entry for this connection. */
      readonly inOutbox: boolean;
    } & Connection)
  | WorkflowEvent
);

/** An event of one type. */
export type EventOf<T extends HistoryEvent['type']> = Extract<HistoryEvent, { type: T }>;

/** An event before it gets its time. */
export type NewEvent = HistoryEvent extends infer E
  ? E extends HistoryEvent
    ? Omit<E, 'at'>
    : never
  : never;
