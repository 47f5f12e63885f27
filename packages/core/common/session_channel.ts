/**
 * Messages between tabs about the session of the browser, on a `BroadcastChannel`. Any code of the
 * origin can send them, so a message is only a reason to ask the server for the session.
 */
export const SESSION_CHANNEL = {
  name: 'latchkey_session',
  /** A page was loaded with a session. */
  signedIn: 'signed_in',
  /** A login page was loaded: the browser has no session. */
  signedOut: 'signed_out',
} as const;
