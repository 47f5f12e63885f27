import { openTabChannel } from '../tab_channel.ts';

/** Name of the channel on which tabs say that a user has a session. */
const CHANNEL = 'latchkey_session';

/** Tells the other tabs that this page was loaded with a session. The message contains no more. */
export function announceSignIn(): void {
  const channel = openTabChannel(CHANNEL);
  channel.send('signed_in');
  channel.close();
}

/**
 * Calls the listener when another tab was loaded with a session.
 * @returns a function that stops listening
 */
export function listenForSignIn(listener: () => void): () => void {
  const channel = openTabChannel(CHANNEL);
  channel.listen(listener);
  return channel.close;
}
