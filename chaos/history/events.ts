/** A person's connection to a connector, the unit everything is decided for. */
export interface Connection {
  readonly user: string;
  readonly connector: string;
}

/** What a caller was told. Everything else is a defect of its own. */
export type Response =
  | 'ok'
  /** The person must authorize. */
  | 'authorize'
  /** An administrator must act. */
  | 'misconfigured'
  /** It will pass. */
  | 'later'
  /** The API refused even the replaced token. */
  | 'refused'
  /** The call to the API itself failed or ran into the deadline. */
  | 'api_failed'
  /** An error of none of the known classes. */
  | 'unclassified';

/** What the harness, or a person through it, did to the system. */
export type Operation =
  | 'connect'
  | 'disconnect'
  /** As it follows when a person is disabled or deleted. */
  | 'remove_person'
  /** Of one person, one connector, or everything: what is not named is not asked for. */
  | 'mass_revoke'
  | 'edit_connector';

/**
 * One line of the history. `at` is the machine's monotonic clock in milliseconds, the same for all processes. `worker` names one life of one
 * process (`w1.3` is the third life of process 1). Tokens appear as short hashes only.
 */
export type HistoryEvent = { readonly at: number } & (
  | { readonly type: 'round'; readonly round: number; readonly script: unknown }
  // The provider.
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
      /** `undefined`: the provider never issued it. */
      readonly family: string | undefined;
      readonly client: string;
    } & Partial<Connection>)
  | {
      readonly type: 'acted';
      readonly presentation: string;
      readonly result: 'rotated' | 'reuse' | 'refused' | 'nothing';
      readonly code: string;
    }
  /** The last byte of the answer was handed to the network, or the connection was cut before. */
  | { readonly type: 'answered'; readonly presentation: string; readonly lost: boolean }
  | {
      readonly type: 'family_ended';
      readonly family: string;
      readonly cause: 'reuse' | 'revoked' | 'injected';
    }
  // The API.
  | ({
      readonly type: 'api_request';
      readonly call: string;
      readonly worker: string;
      readonly client: string;
      readonly token: string;
      /** Whose token it was; `undefined`: nobody's. */
      readonly owner:
        | (Connection & { readonly family: string; readonly client: string })
        | undefined;
      readonly status: number;
    } & Connection)
  // The workers.
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
      /** The token served was fresh in the store when the call began, and yet the call asked for a refresh. */
      readonly waitedThoughFresh: boolean;
    }
  | {
      readonly type: 'refresh_ended';
      readonly worker: string;
      /** `undefined`: no answer was read. */
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
  // The harness.
  | { readonly type: 'store_fault'; readonly worker: string; readonly mode: string }
  | { readonly type: 'node_lost' | 'node_back'; readonly node: number }
  /** A step of a key rotation. `left`: what still needed an earlier key, or could not be read, when the earlier key was to be taken away. */
  | {
      readonly type: 'keys';
      readonly step: 'added' | 'swapped' | 'reencrypted' | 'retired';
      readonly key: number;
      readonly left: number;
    }
  /** It wanted to run and did not, for so long until now. `harness` is a worker's name here. */
  | { readonly type: 'stalled'; readonly worker: string; readonly forMs: number }
  | {
      readonly type: 'clock';
      readonly worker: string;
      readonly offsetMs: number;
      /** What of it the others do not have. */
      readonly skewMs: number;
    }
  | { readonly type: 'forked'; readonly worker: string; readonly pid: number }
  /** `crashed`: it ended although nobody killed it. */
  | { readonly type: 'stopped'; readonly worker: string }
  | { readonly type: 'continued'; readonly worker: string }
  | { readonly type: 'killed'; readonly worker: string }
  | { readonly type: 'crashed'; readonly worker: string }
  /** The marker of a secret was seen where it must not be. */
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
      /** Of a connect: the family that was stored. */
      readonly family?: string | undefined;
      readonly code?: string | undefined;
    }
  | { readonly type: 'quiet' }
  /** The truth after everything came to rest: what the store says, what a last call found, and what the provider knows. */
  | ({
      readonly type: 'verdict';
      readonly statuses: readonly string[];
      readonly lastError: string | undefined;
      readonly probe: Response;
      /** Family whose token the probe used successfully. */
      readonly probeFamily: string | undefined;
      readonly aliveFamilies: readonly string[];
      /** Whether the outbox still holds something for this connection. */
      readonly inOutbox: boolean;
    } & Connection)
);

/** An event of one type. */
export type EventOf<T extends HistoryEvent['type']> = Extract<HistoryEvent, { type: T }>;

/** An event before it is stamped. */
export type NewEvent = HistoryEvent extends infer E
  ? E extends HistoryEvent
    ? Omit<E, 'at'>
    : never
  : never;
