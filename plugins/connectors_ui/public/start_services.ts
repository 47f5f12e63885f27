import type { CoreStart } from '@latchkey/core/public';
import {
  AttemptRecords,
  Attempts,
  broadcastResult,
  browserWindows,
  flowApi,
  listenForHints,
  readRedirectResult,
  takeWindowAttempt,
} from './authorization/index.ts';
import { ConnectionChanges, connectionKeys } from './connection_status/index.ts';
import { ConnectorUsesRegistry } from './connector_uses/index.ts';
import type { Services } from './services.ts';

/**
 * Creates the services and connects them to the browser.
 * @returns the services, and a function that removes their listeners
 */
export function startServices(
  core: CoreStart,
  browser: Window & typeof globalThis,
): Services & { readonly stop: () => void } {
  const { basePath, space, user } = core.boot;
  const changes = new ConnectionChanges(() => {
    void core.queryClient.invalidateQueries({ queryKey: connectionKeys.all });
  });
  const attempts = new Attempts({
    api: flowApi(core.http, core.clock),
    windows: browserWindows(browser),
    // The scope contains the username, so that another user of this browser does not see the
    // attempt.
    records: new AttemptRecords(storageOf(browser), `${basePath}/s/${space.id}/${user.username}`),
    clock: core.clock,
    isVisible: () => browser.document.visibilityState === 'visible',
  });
  attempts.onEnd(changes.announce);
  attempts.onConfirmed(changes.announce);
  const stopHints = listenForHints(attempts, browser, changes.announce);
  attempts.resume();
  receiveRedirect(browser, attempts);
  const stop = () => {
    stopHints();
    changes.stop();
  };
  return { attempts, changes, uses: new ConnectorUsesRegistry(), stop };
}

/** Removes the result of a redirect from the URL before the router and the history see it. */
function receiveRedirect(browser: Window, attempts: Attempts): void {
  const received = readRedirectResult(browser.location.href);
  if (received === undefined) return;
  browser.history.replaceState(browser.history.state, '', received.path);
  const { connectorId, status, autoClose } = received.result;
  broadcastResult({ connectorId, status });
  const attempt = takeWindowAttempt(browser);
  if (attempt?.connectorId === connectorId) attempts.resumeReturned(attempt);
  if (autoClose) browser.close();
}

/** Local storage of the browser. `undefined`: the browser forbids it. */
function storageOf(browser: Window): Storage | undefined {
  try {
    return browser.localStorage;
  } catch {
    return undefined;
  }
}
