import { randomUUID } from 'node:crypto';
import { createServer } from '@emulators/core';
import { getGoogleStore, googlePlugin, seedFromConfig } from '@emulators/google';
import { users } from '../users.ts';
import { googleClients } from './clients.ts';
import { driveItems, seedEvents, seedFiles, seedMessages } from './seed/index.ts';

/** A call to the library. */
interface EmulatorCall {
  readonly method?: string;
  readonly headers?: Headers;
  readonly body?: Uint8Array<ArrayBuffer> | URLSearchParams | undefined;
  /** E-mail address of the user who calls. `undefined`: the call is anonymous. */
  readonly account?: string | undefined;
}

/**
 * The library `@emulators/google`, which runs in this process and without a port. Only this folder
 * calls it.
 */
export interface Emulator {
  /**
   * Sends a request to the library, without a network.
   * @param path path and query of a route of the library
   */
  call(path: string, call?: EmulatorCall): Promise<Response>;
  /** Lets the library redirect to this URI, which the caller has checked. */
  allowRedirect(clientId: string, redirectUri: string): void;
  /** Returns the stored bytes of a file as text. `undefined`: there are none. */
  contentOf(account: string, fileId: string): string | undefined;
}

/**
 * Number of calls after which the library's own token is replaced. The library refuses a token
 * after 5,000 calls in an hour, and all anonymous calls together after the same number. Users have
 * tokens of this emulator, so they do not notice the replacement.
 */
const CALLS_PER_INNER_TOKEN = 4_000;

/**
 * Starts the emulator of Google with the seeded users and files.
 * @param origin origin of the server in front of the library
 */
export function startEmulator(origin: string): Emulator {
  const { app, store, tokenMap } = createServer(googlePlugin, { baseUrl: origin });
  seedFromConfig(store, origin, {
    users: Object.values(users).map((user) => ({
      email: user.email,
      name: `${user.givenName} ${user.familyName}`,
      given_name: user.givenName,
      family_name: user.familyName,
    })),
    oauth_clients: googleClients.map((client) => ({
      client_id: client.clientId,
      client_secret: client.clientSecret,
      name: client.name,
      redirect_uris: [],
    })),
    drive_items: driveItems,
    messages: seedMessages,
    calendar_events: seedEvents,
  });
  const google = getGoogleStore(store);
  for (const seed of seedFiles) {
    const item = google.driveItems.findOneBy('google_id', seed.id);
    if (item !== undefined && seed.trashed) google.driveItems.update(item.id, { trashed: true });
  }

  const inner = new Map<string, { token: string; calls: number }>();
  const innerTokenFor = (account: string | undefined): string => {
    const key = account ?? 'nobody';
    let entry = inner.get(key);
    if (entry === undefined || entry.calls >= CALLS_PER_INNER_TOKEN) {
      if (entry !== undefined) tokenMap.delete(entry.token);
      entry = { token: `inner_${randomUUID()}`, calls: 0 };
      inner.set(key, entry);
      const id = google.users.findOneBy('email', key)?.id ?? 0;
      tokenMap.set(entry.token, { login: key, id, scopes: [] });
    }
    entry.calls += 1;
    return entry.token;
  };

  return {
    call: async (path, call = {}) => {
      const headers = new Headers(call.headers);
      headers.set('authorization', `Bearer ${innerTokenFor(call.account)}`);
      const method = call.method ?? 'GET';
      const response = await app.fetch(
        new Request(new URL(path, origin), {
          method,
          headers,
          ...(call.body === undefined || method === 'GET' ? {} : { body: call.body }),
        }),
      );
      return withoutForeignHeaders(response);
    },
    allowRedirect: (clientId, redirectUri) => {
      const client = google.oauthClients.findOneBy('client_id', clientId);
      if (client === undefined || client.redirect_uris.includes(redirectUri)) return;
      google.oauthClients.update(client.id, {
        redirect_uris: [...client.redirect_uris, redirectUri],
      });
    },
    contentOf: (account, fileId) => {
      const item = google.driveItems
        .findBy('user_email', account)
        .find((candidate) => candidate.google_id === fileId);
      return item?.data == null ? undefined : Buffer.from(item.data, 'base64url').toString('utf8');
    },
  };
}

/**
 * Removes the headers that Google does not send: CORS headers for every origin, and rate limit
 * headers.
 */
function withoutForeignHeaders(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const name of [...headers.keys()]) {
    if (name.startsWith('x-ratelimit-') || name.startsWith('access-control-')) headers.delete(name);
  }
  return new Response(response.body, { status: response.status, headers });
}
