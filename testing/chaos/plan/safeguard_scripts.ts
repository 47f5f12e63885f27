import type { Connection } from '../history/events.ts';
import type { Mutation } from './protocol.ts';
import type { Injection, RoundScript } from './round_script.ts';

const connection: Connection = { user: 'u_ana', connector: 'files' };

/** Returns calls of one worker (numbered from 0), all at the same time. */
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

/**
 * For each safeguard, the shortest script for two processes that needs it. With all safeguards no
 * invariant is violated; without the safeguard, at least one is violated.
 */
export const SAFEGUARD_SCRIPTS: Readonly<Record<Mutation, RoundScript>> = {
  /** Both processes want to refresh, and the provider is slow. */
  lease: script({
    calls: [...calls(0, 0), ...calls(1, 150)],
    injections: [
      { atMs: 0, type: 'token_fault', fault: { kind: 'delay', when: 'before', ms: 600 } },
    ],
  }),
  /**
   * The response arrives after the user has authorized again, so the document has changed before
   * the response is written.
   */
  cas: respondAfterReconnect,
  /**
   * The holder is killed after it has received the response, and the next holder finds that the
   * refresh token is already used.
   */
  intent: script({
    calls: [...calls(0, 0), ...calls(1, 400)],
    injections: [{ atMs: 0, type: 'kill_at', worker: 0, point: 'before_write' }],
  }),
  /**
   * The script is the same as for `cas`: a process that reads again after a conflict must notice
   * that the grant is a new one.
   */
  generation: respondAfterReconnect,
  /** The user disconnects in one process and calls through the other. */
  reread: {
    ...script({
      calls: [...calls(0, 0), ...calls(0, 1_500)],
      injections: [{ atMs: 400, type: 'disconnect', worker: 1, ...connection }],
    }),
    // The token itself stays valid, so only the store shows that the grant has ended.
    targets: [{ user: 'u_ben', connector: 'mail' }],
  },
};

/**
 * For two whole servers: the provider fails while the grant that an edit ended is being revoked,
 * and its owner authorizes the edited connector. The connection then works, so no status shows the
 * pending revocation.
 */
export const REVOCATION_BEHIND_NEW_GRANT: RoundScript = script({
  calls: [...calls(0, 0), ...calls(1, 100)],
  injections: [
    { atMs: 0, type: 'revoke_fault', fault: { kind: 'drop', when: 'before' } },
    { atMs: 200, type: 'edit_connector', worker: 0, connector: 'files' },
    { atMs: 1_500, type: 'reconnect', worker: 1, ...connection },
  ],
});
