import type { Connection } from '../history/events.ts';
import type { ProviderFault } from '../provider/faults.ts';
import { POINTS, type Point, type StoreFault } from './protocol.ts';
import { Random } from './random.ts';
import type { Timings } from './timings.ts';

/** Share of the rounds that kill a node. It is small, because a node takes a while to restart. */
const LOST_NODE_SHARE = 0.1;

/** Users of a run. Each user has a connection to each of {@link CONNECTORS}. */
export const USERS = ['u_ana', 'u_ben', 'u_cem'] as const;
export const CONNECTORS = ['files', 'mail'] as const;
export const CONNECTIONS: readonly Connection[] = USERS.flatMap((user) =>
  CONNECTORS.map((connector) => ({ user, connector })),
);

/** A fault or operation during a round. Workers are numbered from 0. */
export type Injection = { readonly atMs: number } & (
  | { readonly type: 'token_fault'; readonly fault: ProviderFault }
  | { readonly type: 'revoke_fault'; readonly fault: ProviderFault }
  | { readonly type: 'slow_api'; readonly ms: number }
  | { readonly type: 'stop'; readonly worker: number; readonly forMs: number }
  | { readonly type: 'kill'; readonly worker: number }
  | {
      readonly type: 'stop_at';
      readonly worker: number;
      readonly point: Point;
      readonly forMs: number;
    }
  | { readonly type: 'kill_at'; readonly worker: number; readonly point: Point }
  | {
      readonly type: 'store';
      readonly worker: number;
      readonly mode: StoreFault;
      readonly forMs: number;
    }
  | { readonly type: 'clock'; readonly worker: number; readonly offsetMs: number }
  | ({ readonly type: 'disconnect' | 'reconnect'; readonly worker: number } & Connection)
  | { readonly type: 'remove_user'; readonly worker: number; readonly user: string }
  | {
      /** `edit_connector`: to another client. `rename_connector`: an edit that affects no grant. */
      readonly type: 'edit_connector' | 'rename_connector';
      readonly worker: number;
      readonly connector: string;
    }
  | ({ readonly type: 'mass_revoke'; readonly worker: number } & Partial<Connection>)
  | { readonly type: 'rotate_keys'; readonly worker: number }
  | { readonly type: 'lose_node'; readonly node: number }
);

/** One round: its calls, and the faults and operations during them. */
export interface RoundScript {
  /**
   * How the tokens of the targets expire: `refused`: the API refuses them; `time`: time passes for
   * all processes.
   */
  readonly expiry: 'refused' | 'time';
  readonly targets: readonly Connection[];
  readonly calls: readonly (Connection & { readonly worker: number; readonly afterMs: number })[];
  readonly injections: readonly Injection[];
}

/** Returns the script of a round. It depends only on the arguments. */
export function writeScript(request: {
  readonly seed: number;
  readonly round: number;
  readonly processes: number;
  readonly callers: number;
  readonly timings: Timings;
  /** Number of nodes of the store that may be killed, one at a time. */
  readonly expendableNodes: number;
  /** Types of injections to leave out. */
  readonly without?: readonly Injection['type'][];
}): RoundScript {
  const random = new Random(request.seed, request.round);
  const { timings } = request;
  const targets = random.sample(CONNECTIONS, random.integer(1, 3));
  const quiet = random.chance(0.25);
  const injections = quiet
    ? []
    : Array.from({ length: random.integer(1, 4) }, () =>
        writeInjection(random, { processes: request.processes, targets, timings }),
      ).filter(({ type }) => !request.without?.includes(type));
  const { expendableNodes } = request;
  if (expendableNodes > 0 && random.chance(LOST_NODE_SHARE))
    injections.push({
      type: 'lose_node',
      node: random.integer(0, expendableNodes - 1),
      atMs: random.integer(0, 300),
    });
  const spreadMs = random.pick([0, 100, injections.length > 0 ? 1_500 : 100]);
  const calls = Array.from({ length: request.callers }, () => ({
    // Some callers use connections with valid tokens. The faults must not affect them.
    ...random.pick(random.chance(0.85) ? targets : CONNECTIONS),
    worker: random.integer(0, request.processes - 1),
    afterMs: random.integer(0, spreadMs),
  }));
  return { expiry: random.pick(['refused', 'time'] as const), targets, calls, injections };
}

function writeInjection(
  random: Random,
  scene: {
    readonly processes: number;
    readonly targets: readonly Connection[];
    readonly timings: Timings;
  },
): Injection {
  const atMs = random.chance(0.4) ? 0 : random.integer(0, 600);
  const worker = random.integer(0, scene.processes - 1);
  const target = random.pick(scene.targets);
  const { leaseTtlMs } = scene.timings;
  const stopMs = random.integer(leaseTtlMs * 1.2, leaseTtlMs * 3);
  const kinds: readonly (() => Injection)[] = [
    () => ({ atMs, type: 'token_fault', fault: tokenFault(random, scene.timings) }),
    () => ({ atMs, type: 'token_fault', fault: tokenFault(random, scene.timings) }),
    () => ({ atMs, type: 'token_fault', fault: tokenFault(random, scene.timings) }),
    () => ({ atMs, type: 'revoke_fault', fault: revokeFault(random) }),
    () => ({ atMs, type: 'slow_api', ms: random.integer(20, 400) }),
    () => ({ atMs, type: 'stop', worker, forMs: stopMs }),
    () => ({ atMs, type: 'kill', worker }),
    () => ({ atMs: 0, type: 'stop_at', worker, point: random.pick(POINTS), forMs: stopMs }),
    () => ({ atMs: 0, type: 'stop_at', worker, point: random.pick(POINTS), forMs: stopMs }),
    () => ({ atMs: 0, type: 'kill_at', worker, point: random.pick(POINTS) }),
    () => ({ atMs: 0, type: 'kill_at', worker, point: random.pick(POINTS) }),
    () => ({
      atMs,
      type: 'store',
      worker,
      mode: random.pick(['writes', 'all', 'lost', 'slow'] as const),
      forMs: random.integer(50, 1_500),
    }),
    () => ({ atMs, type: 'store', worker, mode: 'lost', forMs: random.integer(20, 300) }),
    () => ({ atMs, type: 'clock', worker, offsetMs: random.integer(-300_000, 300_000) }),
    () => ({ atMs, type: 'disconnect', worker, ...target }),
    () => ({ atMs, type: 'disconnect', worker, ...target }),
    () => ({ atMs, type: 'reconnect', worker, ...target }),
    () => ({ atMs, type: 'reconnect', worker, ...target }),
    () => ({ atMs, type: 'remove_user', worker, user: target.user }),
    () => ({ atMs, type: 'edit_connector', worker, connector: target.connector }),
    () => ({ atMs, type: 'mass_revoke', worker, ...massScope(random, target) }),
    () => ({ atMs, type: 'rename_connector', worker, connector: target.connector }),
    () => ({ atMs, type: 'rotate_keys', worker }),
    () => ({ atMs, type: 'rotate_keys', worker }),
  ];
  return random.pick(kinds)();
}

function tokenFault(random: Random, { callTimeoutMs, leaseTtlMs }: Timings): ProviderFault {
  const when = random.pick(['before', 'after'] as const);
  const faults: readonly ProviderFault[] = [
    // The delay is often longer than a lease, and sometimes longer than the deadline of the call.
    { kind: 'delay', when, ms: random.integer(50, leaseTtlMs * 2) },
    { kind: 'delay', when, ms: random.integer(leaseTtlMs, callTimeoutMs * 1.2) },
    { kind: 'hang', when },
    { kind: 'drop', when },
    { kind: 'status', when: 'before', status: random.pick([500, 503] as const) },
    { kind: 'status', when: 'after', status: random.pick([502, 504] as const) },
    { kind: 'throttle', retryAfterSeconds: random.integer(1, 3) },
    { kind: 'invalid_client' },
    { kind: 'invalid_grant' },
  ];
  return random.pick(faults);
}

function massScope(random: Random, { user, connector }: Connection): Partial<Connection> {
  return random.pick([{ user }, { connector }, {}]);
}

function revokeFault(random: Random): ProviderFault {
  const faults: readonly ProviderFault[] = [
    { kind: 'status', when: 'before', status: 503 },
    { kind: 'drop', when: random.pick(['before', 'after'] as const) },
    { kind: 'delay', when: 'before', ms: random.integer(50, 800) },
  ];
  return random.pick(faults);
}
