/** Name of the channel on which tabs say that a user has a session. */
const CHANNEL = 'latchkey_session';

const open = (): BroadcastChannel | undefined =>
  typeof BroadcastChannel === 'function' ? new BroadcastChannel(CHANNEL) : undefined;

/** Tells the other tabs that this page was loaded with a session. The message contains no more. */
export function announceSignIn(): void {
  const channel = open();
  channel?.postMessage('signed_in');
  channel?.close();
}

/**
 * Calls the listener when another tab was loaded with a session.
 * @returns a function that stops listening
 */
export function listenForSignIn(listener: () => void): () => void {
  const channel = open();
  channel?.addEventListener('message', listener);
  return () => channel?.close();
}
