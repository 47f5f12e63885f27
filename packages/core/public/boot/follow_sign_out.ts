import type { CoreServices } from './core_services.ts';
import { listenForSignOut } from './session_channel.ts';

/**
 * Asks the server for the session when another tab shows the login page. If the session has ended,
 * the 401 leads this tab to the login page too, so that it no longer shows data of the user.
 * @returns a function that stops listening
 */
export function followSignOut({
  chrome,
  core,
}: {
  readonly chrome: Pick<CoreServices['chrome'], 'getSnapshot'>;
  readonly core: Pick<CoreServices['core'], 'http'>;
}): () => void {
  let isAsking = false;
  return listenForSignOut(() => {
    // Several tabs may send this message at the same time, but one request is enough.
    if (isAsking) return;
    isAsking = true;
    const asked = chrome.getSnapshot().account?.readUsername(core.http) ?? Promise.resolve();
    // A failure is not handled here: `ServerWatch` observes the responses of all requests.
    asked
      .catch(() => undefined)
      .finally(() => {
        isAsking = false;
      });
  });
}
