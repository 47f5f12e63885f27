import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DevProviders, devServerSettings } from '@latchkey/dev-providers';
import { z } from 'zod';
import { Canaries } from '../rig/canaries.ts';
import {
  createConnector,
  driveByEars,
  driveByOwnApp,
  listStrictFiles,
  searchFiles,
  strictFiles,
} from '../rig/connectors.ts';
import type { HttpAnswer } from '../rig/http_client.ts';
import { type Installation, twoPeople } from '../rig/installation.ts';
import { Person } from '../rig/person.ts';
import { stopEverything } from '../rig/start_server.ts';
import { ECHO_PATH, startTap, type Tap } from '../rig/tap.ts';
import { waitUntil } from '../rig/wait_until.ts';

const SECRETS = {
  adminPassword: 'canary-admin-password-6f1e22',
  wrongPassword: 'canary-wrong-password-b81c07',
  newPassword: 'canary-new-password-5d9a40',
  bearer: 'canary-bearer-token-0a77e3',
  basicPassword: 'canary-basic-password-e2b915',
  headerKey: 'canary-header-key-47ff06',
  preconfigured: 'canary-preconfigured-token-918e',
  refusedSecret: 'canary-refused-secret-27bd44',
  forgedState: 'canary-forged-state-77aa01-canary-forged-st',
  forgedCode: 'canary-forged-code-93c1d8',
} as const;

const canaries = new Canaries();
const taps: Tap[] = [];
let house: Installation;
let visitor: Person;

/** Everything the server sends to or hears from a provider passes a tap. */
async function settingsThroughTaps(providers: DevProviders) {
  const [google, ears, strict] = await Promise.all(
    [providers.google, providers.ears, providers.strict].map(({ origin }) =>
      startTap(origin, canaries),
    ),
  );
  if (!google || !ears || !strict) throw new Error('No tap');
  taps.push(google, ears, strict);
  return devServerSettings({ google, ears });
}

const strictTap = (): string => taps[2]?.origin ?? '';

beforeAll(async () => {
  for (const [kind, value] of Object.entries(SECRETS)) canaries.add(kind, value);
  house = await twoPeople({
    providerSettings: settingsThroughTaps,
    adminPassword: SECRETS.adminPassword,
    settings: {
      'logging.root.level': 'trace',
      'xpack.task_manager.poll_interval': '200ms',
      'xpack.actions.preconfigured': {
        fixed: {
          name: 'Fixed',
          actionTypeId: '.http',
          config: { url: 'http://127.0.0.1:9/' },
          secrets: { authType: 'bearer', token: SECRETS.preconfigured },
        },
      },
    },
  });
  const { ana, ben, dataPath } = house;
  visitor = new Person({ username: 'nobody', password: SECRETS.wrongPassword });
  for (const person of [ana, ben]) canaries.add('password', person.password);
  canaries.add('encryption key', readFileSync(join(dataPath, 'encryption_key'), 'utf8').trim());
  await tellTheStory();
});
afterAll(async () => {
  await house.stop();
  await Promise.all(taps.map((tap) => tap.stop()));
  await stopEverything();
});

/** Everything that can go right and wrong in the life of a grant. */
async function tellTheStory(): Promise<void> {
  const { admin, providers, servers } = house;
  const [server] = servers;
  const ids = [
    await createConnector(admin, server, driveByEars),
    await createConnector(admin, server, driveByOwnApp(providers)),
    await createConnector(admin, server, strictThroughTap()),
    await createConnector(admin, server, strictThroughTap('client_secret_basic')),
  ];
  for (const id of ids) await liveAndDie(id);
  await goAstray(ids[2] ?? '');
  await useFixedCredentials();
  await useApiKey(ids[2] ?? '');
  await beRefused();
  await leave(ids[1] ?? '');
  for (const path of ['/metrics', '/api/status', '/api/actions/connectors', '/api/security/role']) {
    expect((await admin.call(server, { method: 'GET', path })).status).toBe(200);
  }
  for (const person of [admin, house.ana, house.ben]) {
    for (const value of person.cookieValues) canaries.add('cookie', value);
  }
}

function strictThroughTap(method = 'client_secret_post') {
  const { strict } = house.providers;
  const client = method === 'client_secret_basic' ? strict.clients.basic : strict.clients.post;
  const body = strictFiles(house.providers, {
    tokenUrl: `${strictTap()}/token`,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    tokenEndpointAuthMethod: method,
  });
  canaries.add('client secret', client.clientSecret);
  return { ...body, config: { url: `${strictTap()}/api` } };
}

const echo = { subAction: 'request', subActionParams: { path: ECHO_PATH.replace('/api', '') } };

async function liveAndDie(connector: string): Promise<void> {
  const { ana, ben, providers, servers } = house;
  const { google, strict } = providers;
  const [server] = servers;
  const call = async (person: Person) => {
    await person.execute(server, connector, searchFiles()).catch(() => undefined);
    await person.execute(server, connector, listStrictFiles).catch(() => undefined);
    await person.execute(server, connector, echo).catch(() => undefined);
  };
  for (const person of [ana, ben]) {
    await connect(person, connector);
    await call(person);
  }
  for (const fault of [
    undefined,
    { kind: 'status', status: 503 },
    { kind: 'malformed' },
    { kind: 'drop' },
  ] as const) {
    google.expireAccessTokens();
    strict.expireAccessTokens();
    if (fault !== undefined) {
      google.failNext({ endpoint: 'token', fault });
      strict.failNext({ endpoint: 'token', fault });
    }
    await call(ana);
    google.clearFaults();
    strict.clearFaults();
  }
  await ana.status(server, connector);
  await ana.disconnect(server, connector);
  await call(ana);
  await connect(ana, connector);
  google.revokeGrants({ account: 'ana' });
  strict.revokeGrant('ana');
  google.expireAccessTokens();
  strict.expireAccessTokens();
  await call(ana);
}

/** The flow, with what a browser gets to know noted. @returns the callback with its code and state, used up */
async function connect(person: Person, connector: string): Promise<string> {
  const [server] = house.servers;
  const { authorizationUrl, state } = await person.startFlow(server, connector);
  canaries.add('state', state);
  for (const value of person.cookieValues) canaries.add('cookie', value);
  const callback = await person.consent(server, authorizationUrl);
  canaries.add('state', callback.searchParams.get('state'));
  canaries.add('code', callback.searchParams.get('code'));
  const path = `${callback.pathname}${callback.search}`;
  await person.call(server, { method: 'GET', path });
  return path;
}

/** Flows that must not succeed: replayed, stolen, forged, denied, by link, cancelled. */
async function goAstray(connector: string): Promise<void> {
  const { ana, ben, providers, servers } = house;
  const [server] = servers;
  const used = await connect(ana, connector);
  await ana.call(server, { method: 'GET', path: used });
  await ben.call(server, { method: 'GET', path: used });
  await visitor.call(server, { method: 'GET', path: used });
  const { authorizationUrl, state } = await ana.startFlow(server, connector);
  canaries.add('state', state);
  const callback = await ana.consent(server, authorizationUrl);
  canaries.add('code', callback.searchParams.get('code'));
  await ben.call(server, { method: 'GET', path: `${callback.pathname}${callback.search}` });
  for (const query of [
    `code=${SECRETS.forgedCode}&state=${SECRETS.forgedState}`,
    `code=${SECRETS.forgedCode}&code=2&state=${SECRETS.forgedState}`,
    `error=access_denied&error_description=${SECRETS.forgedCode}&state=${SECRETS.forgedState}`,
  ]) {
    await ana.call(server, { method: 'GET', path: `${callback.pathname}?${query}` });
  }
  const refusedByProvider = await ana.startFlow(server, connector);
  canaries.add('state', refusedByProvider.state);
  providers.strict.failNext({
    endpoint: 'token',
    fault: { kind: 'oauth_error', error: 'invalid_client', status: 401 },
  });
  const second = await ana.consent(server, refusedByProvider.authorizationUrl);
  canaries.add('code', second.searchParams.get('code'));
  await ana.call(server, { method: 'GET', path: `${second.pathname}${second.search}` });
  providers.strict.clearFaults();
  const link = await ana.call(server, {
    method: 'GET',
    path: `/api/actions/connector/${connector}/oauth/start`,
  });
  canaries.add('state', URL.parse(link.headers.location ?? '')?.searchParams.get('state'));
  for (const value of ana.cookieValues) canaries.add('cookie', value);
  await ana.json(server, {
    method: 'POST',
    path: `/internal/actions/connector/${connector}/_oauth_cancel`,
    body: { state },
  });
}

async function useFixedCredentials(): Promise<void> {
  const { admin, servers } = house;
  const [server] = servers;
  for (const secrets of [
    { authType: 'bearer', token: SECRETS.bearer },
    { authType: 'basic', username: 'somebody', password: SECRETS.basicPassword },
    { authType: 'api_key_header', headerField: 'X-API-Key', apiKey: SECRETS.headerKey },
  ]) {
    const id = await createConnector(admin, server, {
      name: `Fixed ${secrets.authType}`,
      connector_type_id: '.http',
      config: { url: `${strictTap()}/api` },
      secrets,
    });
    await admin.execute(server, id, echo);
    await admin.execute(server, id, listStrictFiles);
    await admin.json(server, { method: 'GET', path: `/api/actions/connector/${id}` });
  }
  await admin.execute(server, 'fixed', echo);
}

async function useApiKey(connector: string): Promise<void> {
  const { ana, servers } = house;
  const [server] = servers;
  const created = await ana.json(server, {
    method: 'POST',
    path: '/internal/security/api_key',
    body: { name: 'a key' },
  });
  const { api_key: secret, encoded } = z
    .object({ api_key: z.string(), encoded: z.string() })
    .parse(created);
  canaries.add('api key', secret);
  canaries.add('api key', encoded);
  for (const key of [encoded, `${encoded.slice(0, -8)}AAAAAAA=`]) {
    await visitor.call(server, {
      method: 'POST',
      path: `/api/actions/connector/${connector}/_execute`,
      headers: { authorization: `ApiKey ${key}` },
      body: { params: listStrictFiles },
    });
  }
}

/** Requests that are refused with a secret in them. */
async function beRefused(): Promise<void> {
  const { admin, ana, servers } = house;
  const [server] = servers;
  await visitor.logIn(server);
  await new Person({ username: ana.username, password: SECRETS.wrongPassword }).logIn(server);
  const secret = SECRETS.refusedSecret;
  for (const body of [
    {
      name: 'x',
      connector_type_id: '.http',
      config: {},
      secrets: { authType: 'bearer', token: secret, [secret]: 1 },
    },
    {
      name: 'x',
      connector_type_id: '.http',
      config: { url: 'http://a.example', token: secret },
      secrets: {},
    },
    {
      name: 'x',
      connector_type_id: '.http',
      config: { url: `http://u:${secret}@a.example/` },
      secrets: {},
    },
    { name: 'x', connector_type_id: '.google_drive', secrets: { authType: secret } },
    { name: { token: secret }, connector_type_id: '.http' },
  ]) {
    const { status } = await admin.call(server, {
      method: 'POST',
      path: '/api/actions/connector',
      body,
    });
    expect(status).toBe(400);
  }
  for (const rawBody of [`{"token":"${secret}",`, `{"name":"${secret}"} and more`]) {
    const { status } = await admin.call(server, {
      method: 'POST',
      path: '/api/actions/connector',
      headers: { 'content-type': 'application/json' },
      rawBody,
    });
    expect(status).toBe(400);
  }
  await ana.call(server, { method: 'GET', path: `/api/status?access_token=${secret}` });
  await ana.call(server, { method: 'GET', path: `/no/such/${secret}` });
  await ana.json(server, {
    method: 'POST',
    path: `/internal/security/users/${ana.username}/password`,
    body: { password: ana.password, newPassword: SECRETS.newPassword },
  });
}

async function leave(connector: string): Promise<void> {
  const { admin, ben, providers, servers } = house;
  const { google } = providers;
  await connect(ben, connector);
  google.clearRequests();
  await admin.json(servers[0], {
    method: 'POST',
    path: '/internal/security/users/ben/_disable',
  });
  await waitUntil('the revocation', () => google.requests({ endpoint: 'revoke' }).length > 0);
}

const everyAnswer = (): HttpAnswer[] =>
  [house.admin, house.ana, house.ben, visitor].flatMap(({ answers }) => answers);

/** Secrets that an answer is there to hand over, by where in it they may be. */
function handedOver({ request, status }: HttpAnswer): { body: string[]; headers: string[] } {
  const { pathname } = new URL(request.url);
  if (pathname.endsWith('/_start_oauth_flow')) return { body: ['state'], headers: ['cookie'] };
  if (pathname.endsWith('/oauth/start')) return { body: [], headers: ['state', 'cookie'] };
  if (pathname.endsWith('/security/api_key')) return { body: ['api key'], headers: [] };
  const setsSession = pathname.endsWith('/security/login') || pathname.endsWith('/password');
  return { body: [], headers: setsSession && status < 300 ? ['cookie'] : [] };
}

describe('the secrets of a whole story, at log level trace', () => {
  it('E63: were really there, so that looking for them means something', () => {
    const counts = canaries.counts();
    expect(counts).toMatchObject({
      'encryption key': 1,
      'api key': 2,
      'basic credentials': expect.any(Number),
    });
    for (const [kind, atLeast] of [
      ['access token', 10],
      ['refresh token', 8],
      ['code', 8],
      ['verifier', 8],
      ['state', 10],
      ['client secret', 2],
      ['cookie', 4],
      ['token to revoke', 2],
      ['password', 2],
    ] as const) {
      expect({ kind, enough: (counts[kind] ?? 0) >= atLeast }).toEqual({ kind, enough: true });
    }
    const starts = everyAnswer().filter(({ request }) =>
      request.url.endsWith('/_start_oauth_flow'),
    );
    expect(starts.every(({ text }) => canaries.foundIn(text).includes('state'))).toBe(true);
  });

  it('E63: are in no line of the log, which was talkative', () => {
    const output = house.servers[0].output();
    for (const witness of [
      '"log.level":"debug"',
      '"event.action":"connector_execute"',
      'oauth',
      'ana',
    ]) {
      expect(output).toContain(witness);
    }
    expect(canaries.foundIn(output)).toEqual([]);
  });

  it('E65: are in no answer but the one that hands them over', () => {
    const answers = everyAnswer();
    expect(answers.length).toBeGreaterThan(100);
    const leaks = answers.flatMap((answer) => {
      const { body, headers } = handedOver(answer);
      const found = [
        ...canaries.foundIn(answer.text, body),
        ...canaries.foundIn(JSON.stringify(answer.headers), headers),
      ];
      const { method, url } = answer.request;
      return found.length === 0 ? [] : [{ method, path: new URL(url).pathname, found }];
    });
    expect(leaks).toEqual([]);
  });

  it('E67: are taken out of what a service echoes', () => {
    const echoes = everyAnswer().filter(
      ({ text }) => text.includes('"x-api-key"') || text.includes('"authorization"'),
    );
    expect(echoes.length).toBeGreaterThan(3);
    for (const { text } of echoes) expect(text).toContain('[redacted]');
  });

  it('D53: are in no file of the database, written or still in its log', () => {
    const files = readdirSync(house.dataPath).filter((name) => name.includes('.sqlite'));
    expect(files).toEqual(expect.arrayContaining(['latchkey.sqlite', 'latchkey.sqlite-wal']));
    const bytes = files.map((name) => readFileSync(join(house.dataPath, name)).toString('latin1'));
    expect(bytes.join('\n')).toContain('ana@example.com');
    expect(canaries.foundIn(bytes.join('\n'))).toEqual([]);
  });

  it('E63: are in no metric and no status', () => {
    const answers = everyAnswer().filter(({ request }) =>
      /\/(metrics|api\/status)$/.test(request.url),
    );
    expect(answers.length).toBeGreaterThanOrEqual(2);
    const text = answers.map((answer) => answer.text).join('\n');
    expect(text).toContain('latchkey_grant_events_total');
    expect(canaries.foundIn(text)).toEqual([]);
  });
});
