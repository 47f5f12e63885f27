import { SESSION_CHANNEL } from '../../common/index.ts';
import { openTabChannel } from '../tab_channel.ts';

/**
 * Tells the other tabs that this page was loaded with a session. The message does not name the
 * user.
 */
export function announceSignIn(): void {
  const channel = openTabChannel(SESSION_CHANNEL.name);
  channel.send(SESSION_CHANNEL.signedIn);
  channel.close();
}

/**
 * Calls the listener when another tab was loaded with a session.
 * @returns a function that stops listening
 */
export const listenForSignIn = (listener: () => void): (() => void) =>
  listenFor(SESSION_CHANNEL.signedIn, listener);

/**
 * Calls the listener when another tab shows the login page: after a logout there, or because the
 * session has ended.
 * @returns a function that stops listening
 */
export const listenForSignOut = (listener: () => void): (() => void) =>
  listenFor(SESSION_CHANNEL.signedOut, listener);

function listenFor(expected: string, listener: () => void): () => void {
  const channel = openTabChannel(SESSION_CHANNEL.name);
  channel.listen((message) => {
    if (message === expected) listener();
  });
  return channel.close;
}
