import {
  aDataPath,
  driveByEars,
  launchServer,
  type ServerOptions,
  startServer,
  stopEverything,
  TestUser,
} from '@latchkey/test-environment';
import { afterAll, describe, expect, it } from 'vitest';

afterAll(stopEverything);

const KEY = 'an-encryption-key-for-tests-only-0123456789';
const WITH_KEY = { 'xpack.encryptedSavedObjects.encryptionKey': KEY };
/** Exit code for wrong settings, with which a restart will not help (EX_CONFIG of sysexits). */
const EXIT_CONFIG = 78;
const ADMIN = new TestUser({ username: 'elastic', password: 'changeme' });

/**
 * Starts a server that must refuse its settings. Default: in production, with an empty store.
 * @returns its output
 */
async function refusedStart(options: Partial<ServerOptions>, code = EXIT_CONFIG): Promise<string> {
  const server = await launchServer({ dataPath: aDataPath(), mode: 'production', ...options });
  expect(await server.exited).toEqual({ code, signal: null });
  return server.output();
}

describe('a server with invalid settings', () => {
  it('D58: refuses a production start without an encryption key, and names the setting', async () => {
    expect(await refusedStart({})).toContain('xpack.encryptedSavedObjects.encryptionKey');
  });

  it('D58: refuses a start with a different key than the one with which the store was written', async () => {
    const dataPath = aDataPath();
    const withKey = (encryptionKey: string) => ({
      dataPath,
      mode: 'production' as const,
      settings: { 'xpack.encryptedSavedObjects.encryptionKey': encryptionKey },
    });
    await (await startServer(withKey(KEY))).stop();
    const output = await refusedStart(withKey(KEY.toUpperCase()));
    expect(output).toContain('xpack.encryptedSavedObjects');
    expect(output).not.toContain(KEY.toUpperCase());
    await (await startServer(withKey(KEY))).stop();
  });

  it.each([
    ['an unknown key', { 'xpack.actions.alowedHosts': ['*'] }, 'xpack.actions.alowedHosts'],
    ['a wrong value', { 'xpack.actions.responseTimeout': 'soon' }, 'xpack.actions.responseTimeout'],
    ['an unknown section', { 'xpack.accions.allowedHosts': ['*'] }, 'xpack.accions'],
  ])('refuses to start and names the setting: %s', async (_what, settings, named) => {
    expect(await refusedStart({ mode: 'development', settings })).toContain(named);
  });

  it('refuses in production to trust X-Forwarded-For of every client', async () => {
    const output = await refusedStart({ settings: { ...WITH_KEY, 'server.trustProxy': true } });
    expect(output).toContain('[server.trustProxy]: production does not trust');
  });

  it('refuses Kibana’s single sign-on in production, and ignores it in development', async () => {
    const saml = 'xpack.security.authc.providers.saml.saml1.realm';
    const [dataPath, settings] = [aDataPath(), { ...WITH_KEY, [saml]: 'saml1' }];
    expect(await refusedStart({ dataPath, settings })).toContain(`[${saml}]: production refuses`);
    await (await startServer({ dataPath, settings })).stop();
  });

  it.each([
    ['production', { 'server.publicBaseUrl': 'http://latchkey.example.com' }, 'publicBaseUrl'],
    ['development', { 'server.host': '0.0.0.0' }, 'server.host'],
  ] as const)('refuses to expose passwords to the network in %s', async (mode, unsafe, named) => {
    const output = await refusedStart({ mode, settings: { ...WITH_KEY, ...unsafe } });
    expect(output).toContain(named);
    expect(output).toContain('dangerouslyAllow');
  });

  it('refuses development providers in production', async () => {
    const setting = 'xpack.actions.dev.hostOverrides';
    const overrides = { 'https://www.googleapis.com': 'http://127.0.0.1:4010' };
    const settings = { ...WITH_KEY, [setting]: overrides };
    expect(await refusedStart({ settings }, 1)).toContain(setting);
  });

  it('never writes the value of a refused secret to the log', async () => {
    const [setting, secret] = ['xpack.encryptedSavedObjects.encryptionKey', 'canary-short-key'];
    const output = await refusedStart({ settings: { [setting]: secret } });
    expect(output).toContain(setting);
    expect(output).not.toContain(secret);
  });
});

describe('a server with valid settings', () => {
  it('responds with 421 to a login for a foreign host (DNS rebinding), and accepts configured names', async () => {
    const server = await startServer({
      dataPath: aDataPath(),
      settings: { 'server.trustedHostNames': ['inner.example'] },
    });
    const logIn = (host: string) =>
      new TestUser(ADMIN).call(server, {
        method: 'POST',
        path: '/internal/security/login',
        headers: { host, origin: `http://${host}` },
        body: {
          providerType: 'basic',
          providerName: 'basic',
          currentURL: `http://${host}/login`,
          params: { username: ADMIN.username, password: ADMIN.password },
        },
      });
    const foreign = await logIn('evil.example:5712');
    expect(foreign.status).toBe(421);
    expect(foreign.headers['set-cookie']).toBeUndefined();
    expect((await logIn('inner.example:80')).status).toBe(200);
    expect((await logIn(new URL(server.url).host)).status).toBe(200);
    await server.stop();
  });

  it('starts with a kibana.yml of Kibana, and warns about settings without effect', async () => {
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
    const listed = await ADMIN.callWithPassword(server, 'GET /api/actions/connectors');
    expect(listed.text).toContain('my-server-log');
    await server.stop();
  });

  it('applies the usual block of connector settings', async () => {
    const server = await startServer({
      dataPath: aDataPath(),
      settings: {
        'xpack.actions.ears.url': 'http://localhost:4020',
        uiSettings: { overrides: { 'workflows:ui:enabled': true } },
        logging: { loggers: [{ name: 'plugins.actions', level: 'debug', appenders: ['default'] }] },
      },
    });
    const created = await ADMIN.callWithPassword(
      server,
      'POST /api/actions/connector',
      driveByEars,
    );
    expect({ status: created.status, text: created.text }).toMatchObject({ status: 200 });
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });
});
