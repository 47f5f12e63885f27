/**
 * Sends messages between the tabs of this server. In a browser without `BroadcastChannel` no
 * message arrives.
 */
export interface TabChannel {
  /** Sends a message to all other tabs, and to other channels of this name in this one. */
  readonly send: (message: unknown) => void;
  /**
   * Calls the listener with each message. Any code of this origin may have sent it, so parse it.
   */
  readonly listen: (listener: (message: unknown) => void) => void;
  /** Ends the channel. Messages that were sent still arrive. */
  readonly close: () => void;
}

/**
 * Opens a channel between tabs.
 * @param name tabs with the same name get the messages
 * @param browser provides the constructor. Default: this page
 */
export function openTabChannel(
  name: string,
  browser: { readonly BroadcastChannel?: typeof BroadcastChannel } = globalThis,
): TabChannel {
  const channel =
    typeof browser.BroadcastChannel === 'function' ? new browser.BroadcastChannel(name) : undefined;
  return {
    send: (message) => channel?.postMessage(message),
    listen: (listener) =>
      channel?.addEventListener('message', ({ data }: Event & { readonly data?: unknown }) =>
        listener(data),
      ),
    close: () => channel?.close(),
  };
}
