import type { Exchange } from '../http/index.ts';
import type { Emulator } from './emulator.ts';

const PROFILE = '/gmail/v1/users/me/profile';
const PRIMARY = '/calendar/v3/calendars/primary';
const EVENT = /^(\/calendar\/v3\/calendars\/[^/]+\/events)\/([^/]+)$/;
/** Maximum events of a calendar that are searched. */
const MAX_EVENTS = 250;

/**
 * Serves requests to Gmail and Calendar that `@emulators/google` lacks: reading the account, and
 * one event.
 * @returns `undefined`: it is another request, or the event does not exist
 */
export async function serveMissingRoute(
  emulator: Emulator,
  { method, url }: Pick<Exchange, 'method' | 'url'>,
  account: string,
): Promise<Response | undefined> {
  if (method !== 'GET') return undefined;
  if (url.pathname === PROFILE) return Response.json({ emailAddress: account, messagesTotal: 1 });
  if (url.pathname === PRIMARY) {
    return Response.json({ kind: 'calendar#calendar', id: account, summary: account });
  }
  const [, events, id] = EVENT.exec(url.pathname) ?? [];
  if (events === undefined || id === undefined) return undefined;
  const list = await emulator.call(`${events}?maxResults=${MAX_EVENTS}`, { account });
  const { items = [] } = (await list.json()) as { items?: readonly { readonly id: string }[] };
  const found = items.find((event) => event.id === decodeURIComponent(id));
  return found === undefined ? undefined : Response.json(found);
}
