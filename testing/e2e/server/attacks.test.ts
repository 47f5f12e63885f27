import { waitUntil } from '@latchkey/core/server/wait_until';
import { devServerSettings } from '@latchkey/dev-providers';
import type { StoredDocument } from '@latchkey/saved-objects';
import {
  createConnector,
  createUser,
  filesOwner,
  launchServer,
  listStrictFiles,
  type Reachable,
  strictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CountingProvider, startCountingProvider } from '../support/counting_provider.ts';
import { mustAuthorize } from '../support/executions.ts';
import { startBeforeAll } from '../support/start_before_all.ts';
import { storedDocuments, withBareStore } from '../support/stored_documents.ts';

const AHEAD_BUILD = new URL('../builds/runs_ahead_build.ts', import.meta.url);
/** Seconds by which the clock of {@link AHEAD_BUILD} is ahead. */
const AHEAD_SECONDS = 11 * 60;
/** Exit code of a server with a wrong configuration (`EX_CONFIG` of sysexits.h). */
const EXIT_CONFIG = 78;
const MAX_SESSIONS = 3;
const GRANT_TYPE = 'user_connector_token';
const ENCRYPTION_KEY = 'an-encryption-key-for-tests-only-0123456789';

onEachStore((store) => {
  const environment = startBeforeAll({
    store,
    providerSettings: (providers) => devServerSettings(providers),
    settings: {
      'xpack.task_manager.poll_interval': '200ms',
      'xpack.security.session.concurrentSessions.maxSessions': MAX_SESSIONS,
      'xpack.encryptedSavedObjects.encryptionKey': ENCRYPTION_KEY,
      'logging.root.level': 'off',
    },
  });
  let provider: CountingProvider;
  beforeAll(async () => {
    provider = await startCountingProvider({ account: 'id_token', revokes: 'grant' });
  });
  beforeEach(() => {
    provider.changeTokens = (body) => body;
    provider.isClosed = () => false;
    provider.clearRequests();
  });

  /** Creates a connector that Ana has authorized. */
  async function connected(): Promise<string> {
    const { admin, ana, first } = environment;
    const connector = await createConnector(admin, first, provider.connector);
    expect((await ana.connect(first, connector)).status).toBe(200);
    provider.clearRequests();
    return connector;
  }
  const get = (connector: string, path: string, server: Reachable = environment.first) => {
    const subActionParams = { method: 'GET', path };
    return environment.ana.execute(server, connector, { subAction: 'request', subActionParams });
  };
  const refreshes = () => provider.requests({ endpoint: 'token' }).length;

  describe('a service that rejects a token', () => {
    it('P3: ends a connection only when three endpoints reject it, not when one rejects it repeatedly', async () => {
      const { ana, first } = environment;
      provider.changeTokens = ({ refresh_token: _refreshToken, ...body }) => body;
      const connector = await connected();
      provider.isClosed = (path) => path.startsWith('/items');
      for (let item = 0; item < 5; item += 1) {
        expect(await get(connector, `/items/${item}`)).toMatchObject({ data: { status: 401 } });
      }
      expect(await ana.connectionStatus(first, connector)).toBe('connected');
      expect(await get(connector, '/user')).toMatchObject({ data: { status: 200 } });
      provider.isClosed = () => true;
      for (const path of ['/items/1', '/users/1', '/projects/1']) await get(connector, path);
      expect(await ana.status(first, connector)).toMatchObject({
        connection_status: 'needs_reauth',
        last_error: { code: 'rejected_on_several_paths' },
      });
    });

    it('P4: causes one refresh for ten calls of a path that rejects every token', async () => {
      const connector = await connected();
      provider.isClosed = (path) => path === '/closed';
      for (let call = 0; call < 10; call += 1) {
        expect(await get(connector, '/closed')).toMatchObject({ data: { status: 401 } });
      }
      expect([refreshes(), provider.requests({ endpoint: 'api' }).length]).toEqual([1, 11]);
      expect(await get(connector, '/user')).toMatchObject({ data: { status: 200 } });
    });
  });

  it('P5: tokens that the server received but cannot use are revoked', async () => {
    const { admin, ana, first } = environment;
    const connector = await createConnector(admin, first, provider.connector);
    const before = provider.active().length;
    provider.changeTokens = (body) => ({ ...body, token_type: 'mac' });
    expect((await ana.connect(first, connector)).text).not.toContain('is connected');
    expect(provider.requests({ endpoint: 'token' })).toHaveLength(1);
    await waitUntil('the revocation', () => provider.active().length === before);
    expect(provider.requests({ endpoint: 'revoke' }).length).toBeGreaterThan(0);
  });

  it('P7: an authorization that refreshes do not extend is reported as expiring in its last quarter', async () => {
    const { ana, first } = environment;
    const lifetime = 14 * 60;
    // In this test the refresh happens eleven minutes after the authorization, so three of its
    // fourteen minutes are left.
    provider.changeTokens = (body, isRefresh) => ({
      ...body,
      expires_in: 60,
      refresh_token_expires_in: isRefresh ? lifetime - AHEAD_SECONDS : lifetime,
    });
    // A start may take minutes on a busy machine, so it comes before the authorization.
    const later = await environment.addServer({}, AHEAD_BUILD);
    const connector = await connected();
    expect(await ana.connectionStatus(first, connector)).toBe('connected');
    expect(await get(connector, '/user', later)).toMatchObject({ data: { status: 200 } });
    expect(refreshes()).toBe(1);
    expect(await ana.connectionStatus(later, connector)).toBe('expiring');
    await later.stop();
  });

  describe('a row that was changed in the database', () => {
    const rowsOf = async (connector: string) => {
      const rows = await storedDocuments(environment, GRANT_TYPE);
      return rows.filter(({ attributes }) => attributes['connectorId'] === connector);
    };
    /**
     * Replaces the ciphertext of Ben's grant with one that `change` makes from Ana's and his own.
     */
    async function withBensCiphertext(change: (of: { ana: string; ben: string }) => string) {
      const { admin, ana, ben, first } = environment;
      const connector = await createConnector(admin, first, provider.connector);
      provider.account = 'ana';
      await ana.connect(first, connector);
      const [ofAna] = await rowsOf(connector);
      provider.account = 'ben';
      await ben.connect(first, connector);
      provider.account = 'ana';
      const ofBen = (await rowsOf(connector)).find(({ key }) => key !== ofAna?.key);
      if (ofAna === undefined || ofBen === undefined) throw new Error('A grant is missing');
      const text = (row: StoredDocument) => String(row.attributes['credentials']);
      const credentials = change({ ana: text(ofAna), ben: text(ofBen) });
      const { version: _version, ...row } = ofBen;
      await withBareStore(environment, GRANT_TYPE, (bare) =>
        bare.put(
          { ...row, attributes: { ...row.attributes, credentials } },
          { visibleToSearch: true },
        ),
      );
      provider.clearRequests();
      return connector;
    }
    async function expectOnlyAnaToWork(connector: string): Promise<void> {
      const { ben, first } = environment;
      const params = { subAction: 'request', subActionParams: { method: 'GET', path: '/user' } };
      const response = await ben.execute(first, connector, params);
      expect(response).toMatchObject({ status: 'error' });
      expect(provider.requests()).toEqual([]);
      expect(await get(connector, '/user')).toMatchObject({ data: { data: { owner: 'ana' } } });
    }

    it('D54: gives no user the tokens of another', async () => {
      await expectOnlyAnaToWork(await withBensCiphertext(({ ana }) => ana));
    });

    it('D55: is unreadable when it is damaged, and all other rows still work', async () => {
      const flip = (text: string) => {
        const at = Math.floor(text.length / 2);
        return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
      };
      await expectOnlyAnaToWork(await withBensCiphertext(({ ben }) => flip(ben)));
    });
  });

  describe('users with few privileges', () => {
    it('F71: get the same 404 for a connector of another space as for one that does not exist', async () => {
      const { admin, ana, first: server } = environment;
      await admin.json(server, 'POST /api/spaces/space', { id: 'secret-lab', name: 'Secret lab' });
      const hidden = await admin.json(
        server,
        'POST /s/secret-lab/api/actions/connector/hidden-one',
        {
          name: 'Hidden',
          connector_type_id: '.http',
          config: { url: 'https://example.com' },
        },
      );
      expect(hidden).toMatchObject({ id: 'hidden-one' });
      for (const [method, path, body] of [
        ['GET', '/api/actions/connector/ID', undefined],
        ['POST', '/api/actions/connector/ID/_execute', { params: listStrictFiles }],
        ['POST', '/internal/actions/connector/ID/_start_oauth_flow', {}],
        ['POST', '/internal/actions/connector/ID/_oauth_disconnect', undefined],
      ] as const) {
        const responses = await Promise.all(
          ['hidden-one', 'no-such-one'].map((id) =>
            ana.call(server, { method, path: path.replace('ID', id), body }),
          ),
        );
        const [other, absent] = responses.map(({ status, text }) => ({
          status,
          text: text.replaceAll(/hidden-one|no-such-one/g, 'ID'),
        }));
        expect(other?.status).toBe(404);
        expect(other).toEqual(absent);
      }
    });

    it('F72: cannot change connectors or see administrators’ data when they may only run connectors', async () => {
      const { admin, ana, first: server } = environment;
      const connector = await createConnector(admin, server, strictFiles(environment));
      for (const [method, path, body] of [
        ['POST', '/api/actions/connector', strictFiles(environment)],
        ['PUT', `/api/actions/connector/${connector}`, { name: 'Mine now' }],
        ['DELETE', `/api/actions/connector/${connector}`, undefined],
        ['GET', '/internal/security/users', undefined],
        [
          'PUT',
          '/api/security/role/connector_user',
          { kibana: [{ base: ['all'], spaces: ['*'] }] },
        ],
        ['POST', '/internal/security/users/ben/_disable', undefined],
      ] as const) {
        const { status } = await ana.call(server, { method, path, body });
        expect({ method, path, status }).toEqual({ method, path, status: 403 });
      }
    });

    it('F76: get no token without their own authorization', async () => {
      const { admin, ana, ben, first: server } = environment;
      const connector = await createConnector(admin, server, strictFiles(environment));
      await ana.connect(server, connector);
      for (const user of [ben, admin]) {
        expect(await user.execute(server, connector, listStrictFiles)).toMatchObject(
          mustAuthorize('no_token'),
        );
      }
    });

    it('F75: get only their own data under load', async () => {
      const { admin, ana, ben, first: server } = environment;
      const connector = await createConnector(admin, server, strictFiles(environment));
      await Promise.all([ana, ben].map((user) => user.connect(server, connector)));
      const calls = Array.from({ length: 400 }, async (_, index) => {
        const user = index % 2 === 0 ? ana : ben;
        const owner = await filesOwner(user, server, connector);
        return owner === `${user.username}@example.com`;
      });
      expect((await Promise.all(calls)).every(Boolean)).toBe(true);
    });
  });

  it('F73: an id that two spaces request at the same time is created in one of them, and is invisible in the other', async () => {
    const { admin, first } = environment;
    await admin.json(first, 'POST /api/spaces/space', { id: 'sales', name: 'Sales' });
    const prefixes = ['', '/s/sales'];
    const body = {
      name: 'Mine',
      connector_type_id: '.http',
      config: { url: 'https://example.com' },
    };
    const responses = await Promise.all(
      prefixes.map((prefix) =>
        admin.call(first, `POST ${prefix}/api/actions/connector/one-id`, body),
      ),
    );
    const statuses = responses.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 409]);
    for (const [index, prefix] of prefixes.entries()) {
      const { status } = await admin.call(first, `GET ${prefix}/api/actions/connector/one-id`);
      expect(status).toBe(statuses[index] === 200 ? 200 : 404);
    }
  });

  it('F146: a login ends sessions above the configured number, but never the new session', async () => {
    const { admin, first } = environment;
    const who = { username: 'carl', password: 'carl-password-17d2' };
    await createUser(admin, first, new TestUser(who));
    const browsers: TestUser[] = [];
    const logIn = async () => {
      const browser = new TestUser(who);
      browsers.push(browser);
      expect((await browser.logIn(first)).status).toBe(200);
      return browser;
    };
    const statuses = () =>
      Promise.all(
        browsers.map(async (browser) => {
          const { status } = await browser.call(first, 'GET /internal/security/me');
          return status;
        }),
      );
    for (let n = 0; n < MAX_SESSIONS + 2; n += 1) await logIn();
    // A login counts sessions with a search, which on Elasticsearch does not find its own session
    // yet.
    const limit = MAX_SESSIONS + (store.name === 'Elasticsearch' ? 1 : 0);
    await waitUntil('a login that sees all sessions', async () => {
      const open = (await statuses()).filter((status) => status === 200).length;
      if (open <= limit) return true;
      const stored = await storedDocuments(environment, 'session');
      const ofCarl = stored.filter(({ attributes }) => attributes['username'] === who.username);
      if (ofCarl.length === open) await logIn();
      return false;
    });
    expect((await statuses()).at(-1)).toBe(200);
  });

  it('S5: audit events are also written when all other logs are switched off', async () => {
    const { first } = environment;
    const audited = () =>
      first
        .output()
        .split('\n')
        .filter((line) => line.includes('audit'));
    await waitUntil('an audit event', () => audited().some((line) => line.includes('user_save')));
  });

  it('S7: a production server refuses to start on a store whose administrator has the default password of development', async () => {
    const { dataPath, settings } = environment;
    const ofStore = Object.entries(settings).filter(([name]) => name.startsWith('elasticsearch.'));
    const server = await launchServer({
      dataPath,
      mode: 'production',
      settings: {
        ...Object.fromEntries(ofStore),
        'xpack.encryptedSavedObjects.encryptionKey': ENCRYPTION_KEY,
        'xpack.security.initialAdminPassword': 'not-used-any-more',
      },
    });
    expect(await server.exited).toEqual({ code: EXIT_CONFIG, signal: null });
    expect(server.output()).toContain('[elastic] still has the development password');
    expect(server.output()).not.toContain('not-used-any-more');
  });
});
