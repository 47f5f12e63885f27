/** Name of the channel on which tabs report changes of connections. */
const CHANNEL = 'latchkey_connections';

/**
 * Tells all tabs that a connection changed, so that they read it again. The message contains
 * nothing else.
 */
export class ConnectionChanges {
  readonly #channel: BroadcastChannel | undefined;
  readonly #onChange: () => void;

  /** @param onChange called after a change in this tab or in another one */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
    // In browsers without this API, other tabs notice a change when the user returns to them.
    this.#channel =
      typeof BroadcastChannel === 'function' ? new BroadcastChannel(CHANNEL) : undefined;
    this.#channel?.addEventListener('message', onChange);
  }

  /** Tells all tabs that a connection changed in this tab. */
  readonly announce = (): void => {
    this.#onChange();
    this.#channel?.postMessage('changed');
  };

  stop(): void {
    this.#channel?.close();
  }
}
