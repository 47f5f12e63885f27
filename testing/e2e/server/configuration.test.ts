import { afterAll, describe, expect, it } from '@jest/globals';
import {
  aDataPath,
  launchServer,
  send,
  startServer,
  stopEverything,
} from '@latchkey/test-environment';

afterAll(stopEverything);

const KEY = 'an-encryption-key-for-tests-only-0123456789';
/** EX_CONFIG of sysexits: a restart will not help. */
const EXIT_CONFIG = 78;

describe('invalid settings', () => {
  it('D58: refuse a production start without an encryption key, and are named', async () => {
    const server = await launchServer({ dataPath: aDataPath(), mode: 'production' });
    expect((await server.exited).code).not.toBe(0);
    expect(server.output()).toContain('xpack.encryptedSavedObjects.encryptionKey');
  });

  it('D58: refuse a start with another key than the one the store was written with', async () => {
    const dataPath = aDataPath();
    const withKey = (encryptionKey: string) => ({
      dataPath,
      mode: 'production' as const,
      settings: { 'xpack.encryptedSavedObjects.encryptionKey': encryptionKey },
    });
    await (await startServer(withKey(KEY))).stop();
    const wrong = await launchServer(withKey(KEY.toUpperCase()));
    expect((await wrong.exited).code).toBe(EXIT_CONFIG);
    expect(wrong.output()).toContain('xpack.encryptedSavedObjects');
    expect(wrong.output()).not.toContain(KEY.toUpperCase());
    await (await startServer(withKey(KEY))).stop();
  });

  it.each([
    ['an unknown key', { 'xpack.actions.alowedHosts': ['*'] }, 'xpack.actions.alowedHosts'],
    ['a wrong value', { 'xpack.actions.responseTimeout': 'soon' }, 'xpack.actions.responseTimeout'],
    ['an unknown section', { 'xpack.accions.allowedHosts': ['*'] }, 'xpack.accions'],
  ])('refuse %s by name', async (_what, settings, named) => {
    const server = await launchServer({ dataPath: aDataPath(), settings });
    expect(await server.exited).toEqual({ code: EXIT_CONFIG, signal: null });
    expect(server.output()).toContain(named);
  });

  it('refuse to trust X-Forwarded-For of every client in production', async () => {
    const settings = { 'xpack.encryptedSavedObjects.encryptionKey': KEY };
    const server = await launchServer({
      dataPath: aDataPath(),
      mode: 'production',
      settings: { ...settings, 'server.trustProxy': true },
    });
    expect(await server.exited).toEqual({ code: EXIT_CONFIG, signal: null });
    expect(server.output()).toContain('[server.trustProxy]: production does not trust');
  });

  it('refuse Kibana’s single sign-on in production, and ignore it in development', async () => {
    const settings = {
      'xpack.encryptedSavedObjects.encryptionKey': KEY,
      'xpack.security.authc.providers.saml.saml1.realm': 'saml1',
    };
    const dataPath = aDataPath();
    const server = await launchServer({ dataPath, mode: 'production', settings });
    expect(await server.exited).toEqual({ code: EXIT_CONFIG, signal: null });
    expect(server.output()).toContain(
      '[xpack.security.authc.providers.saml.saml1.realm]: production refuses',
    );
    await (await startServer({ dataPath, settings })).stop();
  });

  it.each([
    ['production', { 'server.publicBaseUrl': 'http://latchkey.example.com' }, 'publicBaseUrl'],
    ['development', { 'server.host': '0.0.0.0' }, 'server.host'],
  ] as const)('refuse to expose passwords to the network in %s', async (mode, unsafe, named) => {
    const settings = { 'xpack.encryptedSavedObjects.encryptionKey': KEY, ...unsafe };
    const server = await launchServer({ dataPath: aDataPath(), mode, settings });
    expect(await server.exited).toEqual({ code: EXIT_CONFIG, signal: null });
    expect(server.output()).toContain(named);
    expect(server.output()).toContain('dangerouslyAllow');
  });

  it('refuse a production start on a development store with a well-known password', async () => {
    const dataPath = aDataPath();
    const settings = { 'xpack.encryptedSavedObjects.encryptionKey': KEY };
    await (await startServer({ dataPath, settings })).stop();
    const server = await launchServer({
      dataPath,
      mode: 'production',
      settings: { ...settings, 'xpack.security.initialAdminPassword': 'not-used-any-more' },
    });
    expect(await server.exited).toEqual({ code: EXIT_CONFIG, signal: null });
    expect(server.output()).toContain('[elastic] still has the development password');
    expect(server.output()).not.toContain('not-used-any-more');
  });

  it('refuse development providers in production', async () => {
    const server = await launchServer({
      dataPath: aDataPath(),
      mode: 'production',
      settings: {
        'xpack.encryptedSavedObjects.encryptionKey': KEY,
        'xpack.actions.dev.hostOverrides': {
          'https://www.googleapis.com': 'http://127.0.0.1:4010',
        },
      },
    });
    expect((await server.exited).code).not.toBe(0);
    expect(server.output()).toContain('xpack.actions.dev.hostOverrides');
  });

  it('are never written with the value of a refused secret', async () => {
    const secret = 'canary-short-key';
    const server = await launchServer({
      dataPath: aDataPath(),
      mode: 'production',
      settings: { 'xpack.encryptedSavedObjects.encryptionKey': secret },
    });
    expect((await server.exited).code).not.toBe(0);
    expect(server.output()).toContain('xpack.encryptedSavedObjects.encryptionKey');
    expect(server.output()).not.toContain(secret);
  });
});

describe('valid settings', () => {
  it('respond with 421 to a login for a foreign host (DNS rebinding), and accept configured names', async () => {
    const server = await startServer({
      dataPath: aDataPath(),
      settings: { 'server.trustedHostNames': ['inner.example'] },
    });
    const logIn = (host: string) =>
      send({
        method: 'POST',
        url: `${server.url}/internal/security/login`,
        headers: {
          host,
          origin: `http://${host}`,
          'kbn-xsrf': 'x',
          'x-elastic-internal-origin': 'x',
          'content-type': 'application/json',
        },
        body: JSON.stringify({
          providerType: 'basic',
          providerName: 'basic',
          currentURL: `http://${host}/login`,
          params: { username: 'elastic', password: 'changeme' },
        }),
      });
    const foreign = await logIn('evil.example:5712');
    expect(foreign.status).toBe(421);
    expect(foreign.headers['set-cookie']).toBeUndefined();
    expect((await logIn('inner.example:80')).status).toBe(200);
    expect((await logIn(new URL(server.url).host)).status).toBe(200);
    await server.stop();
  });

  it('start with a kibana.yml of Kibana, and warn about settings without effect', async () => {
    const server = await startServer({
      dataPath: aDataPath(),
      settings: {
        'telemetry.enabled': false,
        'i18n.locale': 'en',
        'server.uuid': '5b2de169-2785-441b-ae8c-186a1936b17d',
        'xpack.reporting.enabled': true,
        'xpack.security.encryptionKey': 'canary-of-a-key-0123456789-0123456789',
        'xpack.task_manager.capacity': 10,
        xpack: {
          actions: {
            run: { maxAttempts: 3 },
            email: { domain_allowlist: ['example.com'] },
            responseTimeout: '24h',
            customHostSettings: [{ url: 'smtp://mail.example:465', smtp: { ignoreTLS: true } }],
            preconfigured: {
              'without-tls': {
                name: 'Without TLS',
                actionTypeId: '.http',
                config: { url: 'https://a.example', verificationMode: 'none' },
              },
              'my-server-log': { name: 'Server log', actionTypeId: '.server-log' },
            },
          },
        },
      },
    });
    for (const key of [
      'telemetry.enabled',
      'xpack.security.encryptionKey',
      'xpack.actions.run.maxAttempts',
      'xpack.actions.customHostSettings.0',
      'xpack.actions.customHostSettings.0.smtp.ignoreTLS',
    ]) {
      expect(server.output()).toContain(`[${key}] is a setting of Kibana that has no effect here`);
    }
    expect(server.output()).toContain('xpack.actions.preconfigured.my-server-log');
    expect(server.output()).toContain('xpack.actions.preconfigured.without-tls');
    expect(server.output()).not.toContain('canary');
    const authorization = `Basic ${Buffer.from('elastic:changeme').toString('base64')}`;
    const url = `${server.url}/api/actions/connectors`;
    const listed = await send({ method: 'GET', url, headers: { authorization } });
    expect(listed.text).toContain('my-server-log');
    await server.stop();
  });

  it('accept and apply the usual block of connector settings', async () => {
    const server = await startServer({
      dataPath: aDataPath(),
      settings: {
        'xpack.actions.ears.url': 'http://localhost:4020',
        uiSettings: { overrides: { 'workflows:ui:enabled': true } },
        logging: { loggers: [{ name: 'plugins.actions', level: 'debug', appenders: ['default'] }] },
      },
    });
    const authorization = `Basic ${Buffer.from('elastic:changeme').toString('base64')}`;
    const created = await send({
      method: 'POST',
      url: `${server.url}/api/actions/connector`,
      headers: { 'kbn-xsrf': 'true', 'content-type': 'application/json', authorization },
      body: JSON.stringify({
        name: 'Drive',
        connector_type_id: '.google_drive',
        secrets: { authType: 'ears' },
      }),
    });
    expect({ status: created.status, text: created.text }).toMatchObject({ status: 200 });
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });
});
