import { createServer } from 'node:http';
import {
  aDataPath,
  type HttpResponse,
  listenUntilTheEnd,
  type ServerProcess,
  startServer,
  stopEverything,
  TestUser,
} from '@latchkey/test-environment';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PASSWORD = 'an-administrator-for-tests-only';
const ADMIN = new TestUser({ username: 'elastic', password: PASSWORD });
const dataPath = aDataPath();

/**
 * A service on loopback that a production server must never reach. It counts connections, so that a
 * test notices incomplete requests too.
 */
const service = { origin: '', host: '', connections: 0, paths: [] as string[] };
let production: ServerProcess;

beforeAll(async () => {
  await startService();
  await saveWhileDeveloping();
  production = await startServer({ dataPath, mode: 'production', settings: settings() });
});
afterAll(stopEverything);

/**
 * Settings in which the operator allows loopback addresses by name. No setting allows more than
 * this.
 */
const settings = () => ({
  'xpack.encryptedSavedObjects.encryptionKey': 'an-encryption-key-for-tests-only-0123456789',
  'xpack.security.initialAdminPassword': PASSWORD,
  'xpack.actions.allowedHosts': ['*', '127.0.0.1', 'localhost', '169.254.169.254'],
  'xpack.actions.auth.ears.url': service.origin,
});

async function startService(): Promise<void> {
  const server = createServer((request, response) => {
    service.paths.push(request.url ?? '');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: 'development-token', token_type: 'bearer' }));
  });
  server.on('connection', () => {
    service.connections += 1;
  });
  service.origin = await listenUntilTheEnd(server);
  service.host = new URL(service.origin).host;
}

/**
 * Saves connectors with http URLs through a development server, which may use http for hosts that
 * are listed by name. The production server then finds these connectors in the store.
 */
async function saveWhileDeveloping(): Promise<void> {
  const server = await startServer({ dataPath, settings: settings() });
  // Nothing listens at this URL, but a production server accepts it; only the token URL uses http.
  const config = { url: 'https://127.0.0.1:1' };
  const responses = [
    await call(server, '/api/actions/connector/plain', {
      name: 'Plain',
      connector_type_id: '.custom_api',
      config: { url: `${service.origin}/api` },
      secrets: BEARER,
    }),
    await call(server, '/api/actions/connector/app', {
      name: 'App',
      connector_type_id: '.custom_api',
      config,
      secrets: clientCredentials(`${service.origin}/token`),
    }),
    await execute(server, 'plain'),
    await execute(server, 'app'),
  ];
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  // In development, both requests reached the service.
  expect(service.paths).toEqual(['/api', '/token']);
  await server.stop();
  service.connections = 0;
}

const BEARER = { authType: 'bearer', token: 'development-bearer-token' };
const clientCredentials = (tokenUrl: string) => ({
  authType: 'oauth_client_credentials',
  tokenUrl,
  clientId: 'development-client',
  clientSecret: 'development-client-secret',
});

const call = (server: ServerProcess, path: string, body: unknown): Promise<HttpResponse> =>
  ADMIN.callWithPassword(server, `POST ${path}`, body);

const execute = (server: ServerProcess, id: string): Promise<HttpResponse> =>
  call(server, `/api/actions/connector/${id}/_execute`, { params: { subAction: 'request' } });

const create = (body: Readonly<Record<string, unknown>>): Promise<HttpResponse> =>
  call(production, '/api/actions/connector', {
    name: 'n',
    connector_type_id: '.custom_api',
    ...body,
  });

const REFUSED = [
  'http://SERVICE/api',
  'http://example.com/api',
  'file:///etc/passwd',
  'gopher://SERVICE/api',
  'http://169.254.169.254/latest/meta-data/',
  'https://169.254.169.254/latest/meta-data/',
];

describe('a production server', () => {
  it.each(REFUSED)('C41: refuses %s as the URL of a connector', async (url) => {
    const config = { url: url.replace('SERVICE', service.host) };
    expectRefusal(await create({ config, secrets: BEARER }), 'url');
  });

  it.each(REFUSED)('C41: refuses %s as the token URL of an OAuth app', async (url) => {
    const tokenUrl = url.replace('SERVICE', service.host);
    const config = { url: 'https://api.example.com' };
    expectRefusal(await create({ config, secrets: clientCredentials(tokenUrl) }), 'tokenUrl');
    const personal = {
      ...clientCredentials(tokenUrl),
      authType: 'oauth_authorization_code',
      authorizationUrl: 'https://login.example.com/authorize',
    };
    expectRefusal(await create({ config, secrets: personal }), 'tokenUrl');
  });

  it.each([
    ['plain', 'url'],
    ['app', 'tokenUrl'],
  ])(
    'C41: does not execute the connector [%s], which a development server saved with http',
    async (id, field) => {
      expectRefusal(await execute(production, id), field);
    },
  );

  it('C41: starts no authorization through a redirect service with http', async () => {
    const path = '/api/actions/connector/drive';
    const drive = { connector_type_id: '.google_drive', secrets: { authType: 'ears' } };
    expect((await call(production, path, { name: 'Drive', ...drive })).status).toBe(200);
    const start = '/internal/actions/connector/drive/_start_oauth_flow';
    expect((await call(production, start, {})).status).toBe(400);
  });

  it('C41: has opened no connection to an http URL in any of these refusals', () => {
    expect(service.connections).toBe(0);
  });
});

function expectRefusal({ status, text }: HttpResponse, field: string): void {
  expect({ status, text }).toMatchObject({ status: 400 });
  expect(text).toContain(`[${field}]`);
  expect(text).not.toContain('latest/meta-data');
}
