import type { DevProviders, UserId } from '@latchkey/dev-providers';
import type { Client, Response } from './client.ts';
import type { Narrator, StepResult } from './narrator.ts';

const QUERY = 'trashed = false';

/** Clients of the users, and the providers. */
export interface DemoContext {
  readonly admin: Client;
  readonly ana: Client;
  readonly ben: Client;
  readonly providers: DevProviders;
}

const CONNECTORS = { ears: 'drive-quick-connect', own: 'drive-own-client' } as const;
type ConnectorId = (typeof CONNECTORS)[keyof typeof CONNECTORS];
const USERS = ['ana', 'ben'] as const;
const NAMES: Record<UserId, string> = { ana: 'Ana', ben: 'Ben' };

/** Creates two users who may only use connectors, and signs them in. */
export async function createUsers(context: DemoContext, narrator: Narrator): Promise<void> {
  narrator.printHeading('1. Two users sign in, each with their own account');
  await narrator.step('create the role', 'Admin', async () =>
    expectStatus(
      await context.admin.request('PUT', '/api/security/role/connector_user', {
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
        await context.admin.request('POST', `/internal/security/users/${user}`, {
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
      expectStatus(await context[user].login(user, password), 200, 'signed in'),
    );
  }
}

/** Creates one connector through EARS, and one with the organisation's own client. */
export async function createConnectors(context: DemoContext, narrator: Narrator): Promise<void> {
  narrator.printHeading('2. An administrator creates two Google Drive connectors');
  const { client } = context.providers.google;
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
        await context.admin.request('POST', `/api/actions/connector/${id}`, {
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
    expectAuthorizationNeeded(await search(context.ana, CONNECTORS.ears), 'no_token'),
  );
}

/** Lets each user authorize both connectors on the provider's consent pages. */
export async function authorizeEverything(context: DemoContext, narrator: Narrator): Promise<void> {
  narrator.printHeading('3. Each user authorizes both, on the provider’s consent pages');
  for (const user of USERS) {
    for (const id of Object.values(CONNECTORS)) {
      await narrator.step(`authorize ${id}`, NAMES[user], async () =>
        expectStatus(await context[user].authorize(id, user), 200, 'connected'),
      );
    }
  }
}

/** Shows that the same request by different users returns different files. */
export async function searchOwnFiles(context: DemoContext, narrator: Narrator): Promise<void> {
  narrator.printHeading('4. Each user searches and sees only their own files');
  for (const user of USERS) {
    for (const id of Object.values(CONNECTORS)) {
      await narrator.step(`searchFiles on ${id}`, NAMES[user], async () =>
        expectFilesOf(user, await search(context[user], id)),
      );
    }
  }
}

/** Shows that calls succeed after the provider has expired or rejected tokens. */
export async function searchAfterExpiry(context: DemoContext, narrator: Narrator): Promise<void> {
  const { google } = context.providers;
  narrator.printHeading('5. All access tokens expire at the provider');
  const expired = google.expireAccessTokens();
  console.log(`    ${expired} access tokens ended at Google; refresh tokens stay valid`);
  for (const user of USERS) {
    for (const id of Object.values(CONNECTORS)) {
      await narrator.step(`searchFiles on ${id}, five concurrent calls`, NAMES[user], async () => {
        const before = refreshesOf(context, user);
        const responses = await Promise.all(
          Array.from({ length: 5 }, () => search(context[user], id)),
        );
        const refreshes = refreshesOf(context, user) - before;
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
  narrator.printHeading('6. The provider rejects one token early (401)');
  await narrator.step(`searchFiles on ${CONNECTORS.own}`, 'Ana', async () => {
    const last = google
      .requests({ endpoint: 'drive', account: context.providers.users.ana.email })
      .at(-1);
    if (last?.tokenHash === undefined)
      return { saw: 'no token was recorded at the provider', ok: false };
    for (const { tokenHash } of google.requests({
      endpoint: 'drive',
      account: context.providers.users.ana.email,
    })) {
      if (tokenHash !== undefined) google.rejectAccessToken(tokenHash);
    }
    const seenBefore = google.requests({ endpoint: 'drive' }).length;
    const before = refreshesOf(context, 'ana');
    const result = expectFilesOf('ana', await search(context.ana, CONNECTORS.own));
    const calls = google.requests({ endpoint: 'drive' }).slice(seenBefore);
    const statuses = calls.map(({ status }) => status).join(' → ');
    const refreshes = refreshesOf(context, 'ana') - before;
    return {
      ...result,
      saw: `Drive statuses ${statuses}, ${refreshes} refresh, own files`,
      ok: result.ok && refreshes === 1,
    };
  });
}

/** Shows that a disconnect ends the grants of one user, here and at the provider. */
export async function disconnectBen(context: DemoContext, narrator: Narrator): Promise<void> {
  const { google, users } = context.providers;
  narrator.printHeading('7. Ben disconnects; Ana is unaffected');
  for (const id of Object.values(CONNECTORS)) {
    await narrator.step(`disconnect ${id}`, 'Ben', async () =>
      expectStatus(
        await context.ben.request('POST', `/internal/actions/connector/${id}/_oauth_disconnect`),
        204,
        'disconnected',
      ),
    );
  }
  await narrator.step('check Google', 'Admin', async () => {
    const alive = {
      ana: google.isGrantAlive(users.ana.email),
      ben: google.isGrantAlive(users.ben.email),
    };
    return {
      saw: `Ben’s grants are ${alive.ben ? 'still active' : 'revoked'}, Ana’s are ${alive.ana ? 'active' : 'ended'}`,
      ok: alive.ana && !alive.ben,
    };
  });
  await narrator.step('search again', 'Ben', async () =>
    expectAuthorizationNeeded(await search(context.ben, CONNECTORS.own), 'no_token'),
  );
  await narrator.step('search again', 'Ana', async () =>
    expectFilesOf('ana', await search(context.ana, CONNECTORS.own)),
  );
  for (const user of USERS) {
    await narrator.step('get the status', NAMES[user], async () => {
      const response = await context[user].request(
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

/** Returns the number of a user's refreshes that Google received, through EARS or directly. */
function refreshesOf({ providers }: DemoContext, user: UserId): number {
  const account = providers.users[user].email;
  return providers.google.requests({ endpoint: 'token', grantType: 'refresh_token', account })
    .length;
}

function expectStatus(response: Response, status: number, saw: string): StepResult {
  const ok = response.status === status;
  const problem = typeof response.body === 'object' ? response.body?.message : undefined;
  return { status: response.status, saw: ok ? saw : (problem ?? 'unexpected response'), ok };
}

function expectFilesOf(user: UserId, { status, body }: Response): StepResult {
  if (status !== 200 || body.status !== 'ok') {
    return { status, saw: body.service_message ?? body.message ?? 'no files', ok: false };
  }
  const names: string[] = body.data.files.map((file: { name: string }) => file.name);
  const ownFile = user === 'ana' ? 'Quarterly plan' : 'Travel notes';
  const otherFile = user === 'ana' ? 'Travel notes' : 'Quarterly plan';
  return {
    status,
    saw: `${names.length} files: ${names.slice(0, 2).join(', ')} …`,
    ok: names.includes(ownFile) && !names.includes(otherFile),
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
