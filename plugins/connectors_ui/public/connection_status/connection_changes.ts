import { openTabChannel } from '@latchkey/core/public';

/** Name of the channel on which tabs report changes of connections. */
const CHANNEL = 'latchkey_connections';

/**
 * Tells all tabs that a connection has changed, so that they read connections again. The message
 * contains nothing else.
 */
export class ConnectionChanges {
  // In browsers without this kind of channel, other tabs notice a change when the user returns to
  // them.
  readonly #channel = openTabChannel(CHANNEL);
  readonly #onChange: () => void;

  /** @param onChange called after a change in this tab or in another one */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#channel.listen(onChange);
  }

  /** Tells all tabs that a connection changed in this tab. */
  readonly announce = (): void => {
    this.#onChange();
    this.#channel.send('changed');
  };

  stop(): void {
    this.#channel.close();
  }
}
