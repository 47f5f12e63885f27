import { openTabChannel } from '@latchkey/core/public';
import { z } from 'zod';
import type { Attempts } from './attempts.ts';

/** Name of the channel on which the result page reports the end of an authorization. */
const CHANNEL = 'oauth_flow_completed';

const messageSchema = z.object({
  connectorId: z.string(),
  flowId: z.string().optional(),
  /** Error code, present if the window returned without an OAuth state that the server knows. */
  unknownState: z.string().optional(),
});

/**
 * Calls the listeners for events that may mean the end of an attempt: messages of the result page,
 * changes by other tabs, and the return of the user to this page. No event counts as an outcome:
 * after each, the server is asked for the outcome.
 * @param onMessage called for each message of the result page with the connector
 * @returns a function that removes the listeners
 */
export function listenForHints(
  attempts: Attempts,
  browser: Window & typeof globalThis,
  onMessage: (connectorId: string) => void,
): () => void {
  const { document } = browser;
  const askAll = (): void => attempts.askAll();
  const askWhenVisible = (): void => {
    if (document.visibilityState === 'visible') attempts.askAll();
  };
  const onStorage = ({ key }: StorageEvent): void => attempts.storageChanged(key);
  const channel = openTabChannel(CHANNEL, browser);
  channel.listen((data) => {
    const message = messageSchema.safeParse(data);
    if (!message.success) return;
    const { connectorId, flowId, unknownState } = message.data;
    if (flowId !== undefined && unknownState !== undefined)
      attempts.endUnknown(connectorId, flowId, unknownState);
    else attempts.ask(connectorId);
    onMessage(connectorId);
  });
  browser.addEventListener('storage', onStorage);
  browser.addEventListener('focus', askAll);
  browser.addEventListener('pageshow', askAll);
  browser.addEventListener('online', askAll);
  document.addEventListener('visibilitychange', askWhenVisible);
  return () => {
    channel.close();
    browser.removeEventListener('storage', onStorage);
    browser.removeEventListener('focus', askAll);
    browser.removeEventListener('pageshow', askAll);
    browser.removeEventListener('online', askAll);
    document.removeEventListener('visibilitychange', askWhenVisible);
  };
}

/** Sends the same message as the result page, for a window that returned to a return URL. */
export function broadcastResult(message: {
  readonly connectorId: string;
  readonly status: 'success' | 'error';
}): void {
  const channel = openTabChannel(CHANNEL);
  channel.send({ ...message, statusCode: message.status === 'success' ? 200 : 500 });
  channel.close();
}
