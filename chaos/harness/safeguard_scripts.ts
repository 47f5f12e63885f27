import type { Connection } from '../history/events.ts';
import type { Mutation } from '../mutation.ts';
import type { Injection, RoundScript } from './round_script.ts';

const connection: Connection = { user: 'u_ana', connector: 'files' };

/** Calls of one worker (numbered from 0), all at one moment. */
const calls = (worker: number, afterMs: number, count = 5) =>
  Array.from({ length: count }, () => ({ ...connection, worker, afterMs }));

const script = (part: {
  readonly calls: RoundScript['calls'];
  readonly injections: readonly Injection[];
}): RoundScript => ({ expiry: 'refused', targets: [connection], ...part });

const respondAfterReconnect = script({
  calls: calls(0, 0),
  injections: [
    { atMs: 0, type: 'token_fault', fault: { kind: 'delay', when: 'after', ms: 900 } },
    { atMs: 300, type: 'reconnect', worker: 1, ...connection },
  ],
});

/** For two processes: the shortest way to need each safeguard. With all of them in place nothing is violated; without the one, something is. */
export const SAFEGUARD_SCRIPTS: Readonly<Record<Mutation, RoundScript>> = {
  /** Both want to refresh, and the provider takes its time. */
  lease: script({
    calls: [...calls(0, 0), ...calls(1, 150)],
    injections: [
      { atMs: 0, type: 'token_fault', fault: { kind: 'delay', when: 'before', ms: 600 } },
    ],
  }),
  /** The answer comes after the person has authorized anew: its write meets another document than the one it was made for. */
  cas: respondAfterReconnect,
  /** The holder dies with the answer in hand, and the next one finds the token spent. */
  intent: script({
    calls: [...calls(0, 0), ...calls(1, 400)],
    injections: [{ atMs: 0, type: 'kill_at', worker: 0, point: 'before_write' }],
  }),
  /** The same: whoever reads again after a conflict must see that the grant is another one. */
  generation: respondAfterReconnect,
  /** The person disconnects in one process and calls through the other. */
  reread: {
    ...script({
      calls: [...calls(0, 0), ...calls(0, 1_500)],
      injections: [{ atMs: 400, type: 'disconnect', worker: 1, ...connection }],
    }),
    // The token itself stays good, so that nothing but a look at the store can tell.
    targets: [{ user: 'u_ben', connector: 'mail' }],
  },
};

/**
 * For two whole servers: the provider fails while the grant that an edit ended is being revoked,
 * and its owner authorizes the edited connector. The pending revocation is then behind a working
 * connection, where no status shows it.
 */
export const REVOCATION_BEHIND_NEW_GRANT: RoundScript = script({
  calls: [...calls(0, 0), ...calls(1, 100)],
  injections: [
    { atMs: 0, type: 'revoke_fault', fault: { kind: 'drop', when: 'before' } },
    { atMs: 200, type: 'edit_connector', worker: 0, connector: 'files' },
    { atMs: 1_500, type: 'reconnect', worker: 1, ...connection },
  ],
});
