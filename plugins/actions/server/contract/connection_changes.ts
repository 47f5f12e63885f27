import type { Logger } from '@latchkey/core/server';
import type { GrantEvent, GrantRecord } from '../oauth/tokens/index.ts';
import type { ConnectionChange } from '../types.ts';

type Listener = (change: ConnectionChange) => void | Promise<void>;
type ChangedStatus = Extract<ConnectionChange, { readonly type: 'status_changed' }>['status'];

/**
 * Tells other plugins about changes of users' connections. Derives the changes from events of
 * grants.
 */
export class ConnectionChanges {
  readonly #logger: Logger;
  readonly #listeners = new Set<Listener>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Adds a listener. @returns a function that removes the listener */
  subscribe(listener: Listener): () => void {
    // A new function for each subscription, so that a listener that subscribes twice is called
    // twice.
    const own: Listener = (change) => listener(change);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** Receives an event of a grant. Never throws. */
  onGrantEvent({ connectorId, profileUid, ...event }: GrantEvent): void {
    if (profileUid === undefined) return;
    const about = { connectorId, profileUid };
    if (event.type === 'connected') this.#publish({ ...about, type: 'authorized' });
    // Executions that failed because no site was chosen may succeed now.
    if (event.type === 'site_chosen')
      this.#publish({ ...about, type: 'status_changed', status: 'connected' });
    if (event.type !== 'ended') return;
    const { reason } = event;
    if (reason === 'disconnect') this.#publish({ ...about, type: 'disconnected' });
    else this.#publish({ ...about, type: 'revoked', reason });
  }

  /** Receives a grant before and after a change of its state. Never throws. */
  onStateChange(before: GrantRecord, after: GrantRecord): void {
    const { key, state } = after;
    if (key.scope !== 'per-user' || !isStatus(state) || !isStatus(before.state)) return;
    // A different generation is a new authorization, about which `onGrantEvent` tells the
    // listeners.
    if (before.generation !== after.generation) return;
    const { connectorId, profileUid } = key;
    this.#publish({ connectorId, profileUid, type: 'status_changed', status: state });
  }

  #publish(change: ConnectionChange): void {
    for (const listener of this.#listeners) {
      Promise.resolve()
        .then(() => listener(change))
        .catch((error: unknown) => {
          this.#logger.error('A listener for connection changes failed', {
            error,
            'latchkey.connector_id': change.connectorId,
          });
        });
    }
  }
}

function isStatus(state: GrantRecord['state']): state is ChangedStatus {
  return state === 'connected' || state === 'refresh_failing' || state === 'needs_reauth';
}
