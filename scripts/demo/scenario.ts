import type { DevProviders, UserId } from '@latchkey/dev-providers';
import type { Client, Response } from './client.ts';
import type { Narrator, StepResult } from './narrator.ts';

const QUERY = 'trashed = false';

/** Who takes part, and what they talk to. */
export interface Cast {
  readonly admin: Client;
  readonly ana: Client;
  readonly ben: Client;
  readonly providers: DevProviders;
}

const CONNECTORS = { ears: 'drive-quick-connect', own: 'drive-own-client' } as const;
type ConnectorId = (typeof CONNECTORS)[keyof typeof CONNECTORS];
const USERS = ['ana', 'ben'] as const;
const NAMES: Record<UserId, string> = { ana: 'Ana', ben: 'Ben' };

/** Two people sign in who may use connectors and nothing more. */
export async function createUsers(cast: Cast, narrator: Narrator): Promise<void> {
  narrator.chapter('1. Two people sign in, each with an account of their own');
  await narrator.step('create the role', 'Admin', async () =>
    expectStatus(
      await cast.admin.request('PUT', '/api/security/role/connector_user', {
        kibana: [{ base: [], feature: { actions: ['read'] }, spaces: ['default'] }],
      }),
      204,
      'role connector_user may use connectors, not edit them',
    ),
  );
  for (const user of USERS) {
    const password = `${user}-development-password`;
    await narrator.step(`create the user ${user}`, 'Admin', async () =>
      expectStatus(
        await cast.admin.request('POST', `/internal/security/users/${user}`, {
          password,
          full_name: NAMES[user],
          email: `${user}@example.com`,
          roles: ['connector_user'],
        }),
        200,
        'created',
      ),
    );
    await narrator.step('sign in', NAMES[user], async () =>
      expectStatus(await cast[user].login(user, password), 200, 'signed in'),
    );
  }
}

/** One connector through EARS, one with the organisation's own client. */
export async function createConnectors(cast: Cast, narrator: Narrator): Promise<void> {
  narrator.chapter('2. An administrator creates two Google Drive connectors');
  const { client } = cast.providers.google;
  const secrets: Record<ConnectorId, Record<string, string>> = {
    [CONNECTORS.ears]: { authType: 'ears', provider: 'google' },
    [CONNECTORS.own]: {
      authType: 'oauth_authorization_code',
      clientId: client.clientId,
      clientSecret: client.clientSecret,
    },
  };
  for (const id of Object.values(CONNECTORS)) {
    await narrator.step(`create ${id}`, 'Admin', async () =>
      expectStatus(
        await cast.admin.request('POST', `/api/actions/connector/${id}`, {
          name: id === CONNECTORS.ears ? 'Drive (Quick Connect)' : 'Drive (our own client)',
          connector_type_id: '.google_drive',
          secrets: secrets[id],
        }),
        200,
        `auth type ${secrets[id]['authType']}`,
      ),
    );
  }
  await narrator.step('search before authorizing', 'Ana', async () =>
    expectAuthorizationNeeded(await search(cast.ana, CONNECTORS.ears), 'no_token'),
  );
}

/** Everybody goes through the real consent pages, twice. */
export async function authorizeEverything(cast: Cast, narrator: Narrator): Promise<void> {
  narrator.chapter('3. Each authorizes both, through the provider’s consent pages');
  for (const user of USERS) {
    for (const id of Object.values(CONNECTORS)) {
      await narrator.step(`authorize ${id}`, NAMES[user], async () =>
        expectStatus(await cast[user].authorize(id, user), 200, 'connected'),
      );
    }
  }
}

/** The same request, another person, other files. */
export async function searchOwnFiles(cast: Cast, narrator: Narrator): Promise<void> {
  narrator.chapter('4. Each searches: own files, never the other’s');
  for (const user of USERS) {
    for (const id of Object.values(CONNECTORS)) {
      await narrator.step(`searchFiles on ${id}`, NAMES[user], async () =>
        expectFilesOf(user, await search(cast[user], id)),
      );
    }
  }
}

/** The provider ends tokens early and in mid-life; nobody notices. */
export async function surviveExpiry(cast: Cast, narrator: Narrator): Promise<void> {
  const { google } = cast.providers;
  narrator.chapter('5. All access tokens expire at the provider');
  const expired = google.expireAccessTokens();
  console.log(`    ${expired} access tokens ended at Google; refresh tokens stay good`);
  for (const user of USERS) {
    for (const id of Object.values(CONNECTORS)) {
      await narrator.step(`searchFiles on ${id}, five at once`, NAMES[user], async () => {
        const before = refreshesOf(cast, user);
        const responses = await Promise.all(
          Array.from({ length: 5 }, () => search(cast[user], id)),
        );
        const refreshes = refreshesOf(cast, user) - before;
        const results = responses.map((response) => expectFilesOf(user, response));
        const ok = refreshes === 1 && results.every((result) => result.ok);
        return {
          status: responses[0]?.status,
          saw: `${refreshes} refresh for 5 calls, own files`,
          ok,
        };
      });
    }
  }
  narrator.chapter('6. One token is refused in mid-life (401)');
  await narrator.step(`searchFiles on ${CONNECTORS.own}`, 'Ana', async () => {
    const last = google
      .requests({ endpoint: 'drive', account: cast.providers.users.ana.email })
      .at(-1);
    if (last?.tokenHash === undefined)
      return { saw: 'no token was seen at the provider', ok: false };
    for (const { tokenHash } of google.requests({
      endpoint: 'drive',
      account: cast.providers.users.ana.email,
    })) {
      if (tokenHash !== undefined) google.rejectAccessToken(tokenHash);
    }
    const seenBefore = google.requests({ endpoint: 'drive' }).length;
    const before = refreshesOf(cast, 'ana');
    const result = expectFilesOf('ana', await search(cast.ana, CONNECTORS.own));
    const calls = google.requests({ endpoint: 'drive' }).slice(seenBefore);
    const statuses = calls.map(({ status }) => status).join(' → ');
    const refreshes = refreshesOf(cast, 'ana') - before;
    return {
      ...result,
      saw: `Drive answered ${statuses}, ${refreshes} refresh, own files`,
      ok: result.ok && refreshes === 1,
    };
  });
}

/** A disconnect is real: gone here and at the provider, for one person only. */
export async function disconnectBen(cast: Cast, narrator: Narrator): Promise<void> {
  const { google, users } = cast.providers;
  narrator.chapter('7. Ben disconnects; Ana is unaffected');
  for (const id of Object.values(CONNECTORS)) {
    await narrator.step(`disconnect ${id}`, 'Ben', async () =>
      expectStatus(
        await cast.ben.request('POST', `/internal/actions/connector/${id}/_oauth_disconnect`),
        204,
        'disconnected',
      ),
    );
  }
  await narrator.step('look at Google', 'Admin', async () => {
    const alive = {
      ana: google.isGrantAlive(users.ana.email),
      ben: google.isGrantAlive(users.ben.email),
    };
    return {
      saw: `Ben’s grants are ${alive.ben ? 'still alive' : 'revoked'}, Ana’s are ${alive.ana ? 'alive' : 'gone'}`,
      ok: alive.ana && !alive.ben,
    };
  });
  await narrator.step('search again', 'Ben', async () =>
    expectAuthorizationNeeded(await search(cast.ben, CONNECTORS.own), 'no_token'),
  );
  await narrator.step('search again', 'Ana', async () =>
    expectFilesOf('ana', await search(cast.ana, CONNECTORS.own)),
  );
  for (const user of USERS) {
    await narrator.step('ask for the status', NAMES[user], async () => {
      const response = await cast[user].request(
        'POST',
        '/internal/actions/connectors/_me/auth_status',
        {},
      );
      const statuses = Object.values(CONNECTORS).map((id) => response.body[id]?.connection_status);
      const expected = user === 'ana' ? 'connected' : 'not_connected';
      return {
        status: response.status,
        saw: statuses.join(', '),
        ok: statuses.every((status) => status === expected),
      };
    });
  }
}

function search(client: Client, connectorId: string): Promise<Response> {
  return client.execute(connectorId, 'searchFiles', { query: QUERY });
}

/** Refreshes Google saw for a person, through EARS or directly. */
function refreshesOf({ providers }: Cast, user: UserId): number {
  const account = providers.users[user].email;
  return providers.google.requests({ endpoint: 'token', grantType: 'refresh_token', account })
    .length;
}

function expectStatus(response: Response, status: number, saw: string): StepResult {
  const ok = response.status === status;
  const problem = typeof response.body === 'object' ? response.body?.message : undefined;
  return { status: response.status, saw: ok ? saw : (problem ?? 'unexpected answer'), ok };
}

function expectFilesOf(user: UserId, { status, body }: Response): StepResult {
  if (status !== 200 || body.status !== 'ok') {
    return { status, saw: body.service_message ?? body.message ?? 'no files', ok: false };
  }
  const names: string[] = body.data.files.map((file: { name: string }) => file.name);
  const mine = user === 'ana' ? 'Quarterly plan' : 'Travel notes';
  const theirs = user === 'ana' ? 'Travel notes' : 'Quarterly plan';
  return {
    status,
    saw: `${names.length} files: ${names.slice(0, 2).join(', ')} …`,
    ok: names.includes(mine) && !names.includes(theirs),
  };
}

function expectAuthorizationNeeded({ status, body }: Response, reason: string): StepResult {
  const ok = body.status === 'error' && body.authorization_reason === reason;
  return {
    status,
    saw: ok ? `must authorize (${reason})` : JSON.stringify(body).slice(0, 120),
    ok,
  };
}
