import type { DocumentStore } from '@latchkey/saved-objects';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  ben,
  clientCredentials,
  createActionsFixture,
  oauthApp,
} from '../execution/actions_fixture.mock.ts';
import { IDP_ORIGIN } from '../execution/strict_idp.mock.ts';

let fixture: ActionsFixture;
let meanwhile: () => Promise<void> = async () => {};
beforeEach(async () => {
  meanwhile = async () => {};
  fixture = await createActionsFixture({
    wrapStore: (store): DocumentStore => ({
      prepare: (types) => store.prepare(types),
      getMany: async (keys, type) => {
        const found = await store.getMany(keys, type);
        if (type === 'action') await meanwhile();
        return found;
      },
      put: (document, options) => store.put(document, options),
      delete: (key, type, options) => store.delete(key, type, options),
      search: (request) => store.search(request),
      iterate: (request) => store.iterate(request),
      ping: () => store.ping(),
      close: () => store.close(),
    }),
  });
});
afterEach(() => fixture.close());

const URL_BEFORE = 'http://localhost:1234/api';
const bearer = { authType: 'bearer', token: 'development-bearer-token' };
const aService = (secrets: object = bearer) =>
  fixture.create('c1', { connector_type_id: '.custom_api', config: { url: URL_BEFORE }, secrets });

const put = (body: object, id = 'c1') =>
  fixture.inject<Record<string, unknown>>({
    method: 'PUT',
    url: `/api/actions/connector/${id}`,
    body: { name: 'c1', config: { url: URL_BEFORE }, ...body },
  });
const remove = (id = 'c1') =>
  fixture.inject<Record<string, unknown>>({
    method: 'DELETE',
    url: `/api/actions/connector/${id}`,
  });

const statusOf = async (user = ana, id = 'c1') =>
  (await fixture.services.tokens.connections.ofUser(user.profileUid, [{ id }])).get(id)?.status;

describe('PUT /api/actions/connector/{id}', () => {
  it('returns the documented keys', async () => {
    await aService();
    const { status, body } = await put({ name: 'New name' });
    expect(status).toBe(200);
    expect(body).toEqual({
      id: 'c1',
      name: 'New name',
      config: { url: URL_BEFORE, authType: 'bearer' },
      connector_type_id: '.custom_api',
      is_preconfigured: false,
      is_deprecated: false,
      is_system_action: false,
      is_connector_type_deprecated: false,
      is_missing_secrets: false,
      auth_mode: 'shared',
    });
  });

  it.each([{}, { secrets: {} }])('keeps the stored secrets for %j', async (body) => {
    await aService();
    expect((await put(body)).status).toBe(200);
    expect((await fixture.read('c1')).secrets).toEqual(bearer);
  });

  it('replaces the secrets with the given ones', async () => {
    await aService();
    await put({ secrets: { authType: 'basic', username: 'u', password: 'development-password' } });
    expect(await fixture.read('c1')).toMatchObject({
      authType: 'basic',
      secrets: { authType: 'basic', username: 'u', password: 'development-password' },
    });
  });

  it('keeps all users connected after a rename, another scope or a new client secret', async () => {
    await aService(oauthApp());
    await fixture.connect('c1');
    const secrets = oauthApp({ scope: 'more', clientSecret: 'development-new-secret' });
    for (const body of [{ name: 'Renamed' }, { secrets }]) {
      const response = await put(body);
      expect(response.status).toBe(200);
      expect(response.body).not.toHaveProperty('disconnected_users');
    }
    expect(await statusOf()).toBe('connected');
    expect(fixture.idp.revoked).toEqual([]);
  });

  it('C48: ends all authorizations when the host of the API changes, and returns their number', async () => {
    await aService(oauthApp());
    await fixture.connect('c1', ana);
    await fixture.connect('c1', ben);
    const moved = { config: { url: fixture.api.origin }, secrets: oauthApp() };
    const { body } = await put(moved);
    expect(body).toMatchObject({ disconnected_users: 2 });
    await fixture.services.tokens.stop(1000);
    expect([await statusOf(ana), await statusOf(ben)]).toEqual(['needs_reauth', 'needs_reauth']);
    const response = await fixture.execute('c1', { subAction: 'request', subActionParams: {} });
    expect(response.body).toMatchObject({
      status: 'error',
      authorization_reason: 'token_revoked',
      service_message: expect.stringContaining('was changed after you authorized it'),
    });
    expect(fixture.api.seen).toEqual([]);
  });

  it('H114: refuses a revocation URL at a different origin than the token URL, and keeps all users connected', async () => {
    await aService(oauthApp());
    await fixture.connect('c1');
    const collector = new URL('/collect', fixture.api.origin).href;
    const { status, body } = await put({ secrets: oauthApp({ revocationUrl: collector }) });
    expect([status, body['attributes']]).toMatchObject([400, { code: 'revocation_url_refused' }]);
    expect(await statusOf()).toBe('connected');
    await fixture.services.tokens.stop(1000);
    expect(fixture.api.seen).toEqual([]);
  });

  it('H114: revokes all grants at the old endpoint when the metadata of a new issuer names another endpoint', async () => {
    const app = { revocationUrl: `${IDP_ORIGIN}/revoke` };
    await aService(oauthApp(app));
    await fixture.connect('c1');
    const { response } = fixture.idp.upstream;
    const revocation_endpoint = new URL('/collect', fixture.api.origin).href;
    fixture.idp.upstream.response = (request) =>
      request.url.startsWith('/.well-known/')
        ? {
            body: {
              issuer: IDP_ORIGIN,
              authorization_endpoint: `${IDP_ORIGIN}/authorize`,
              token_endpoint: `${IDP_ORIGIN}/token`,
              revocation_endpoint,
            },
          }
        : response(request);
    const secrets = oauthApp({ issuer: IDP_ORIGIN, revocationUrl: revocation_endpoint });
    expect((await put({ secrets })).body).toMatchObject({ disconnected_users: 1 });
    await fixture.services.tokens.stop(1000);
    expect(fixture.idp.revoked).toHaveLength(2);
    expect(fixture.api.seen).toEqual([]);
  });

  it('C48: ends grants when the client or the token endpoint changes', async () => {
    await aService(oauthApp());
    for (const over of [
      { clientId: 'development-other-client' },
      {
        tokenUrl: 'https://elsewhere.probe.example/token',
        authorizationUrl: 'https://elsewhere.probe.example/authorize',
      },
    ]) {
      await put({ secrets: oauthApp() });
      await fixture.connect('c1');
      expect((await put({ secrets: oauthApp(over) })).body).toMatchObject({
        disconnected_users: 1,
      });
    }
  });

  it('C48: does not send stored secrets to another host', async () => {
    await aService();
    const { status, body } = await put({ config: { url: fixture.api.origin } });
    expect([status, body['attributes']]).toMatchObject([400, { code: 'secrets_required' }]);
    expect((await fixture.read('c1')).config).toMatchObject({ url: URL_BEFORE });
    expect((await put({ config: { url: fixture.api.origin }, secrets: bearer })).status).toBe(200);
  });

  it('accepts another host without secrets when no secrets are stored', async () => {
    await aService({});
    expect((await put({ config: { url: fixture.api.origin } })).status).toBe(200);
  });

  it('C48: does not send stored secrets to another path of the same host', async () => {
    await aService();
    const config = { url: 'http://localhost:1234/tenant-b' };
    for (const given of [{}, { secrets: {} }]) {
      const { status, body } = await put({ config, ...given });
      const issues = [{ path: 'secrets.token' }];
      expect([status, body['attributes']]).toMatchObject([
        400,
        { code: 'secrets_required', issues },
      ]);
    }
    expect((await fixture.read('c1')).config).toMatchObject({ url: URL_BEFORE });
    expect((await put({ config, secrets: bearer })).status).toBe(200);
  });

  it('requires no secrets for another path when the stored client has no credential', async () => {
    const { clientSecret: _, ...client } = oauthApp({ tokenEndpointAuthMethod: 'none' });
    await aService(client);
    expect((await put({ config: { url: 'http://localhost:1234/v2' } })).status).toBe(200);
  });

  it('requires no secrets when only the spelling of the URL changes', async () => {
    await aService();
    const url = URL_BEFORE.replace('localhost', 'LOCALHOST');
    expect((await put({ config: { url } })).status).toBe(200);
  });

  it('accepts the unchanged auth type in the config although only the secrets contained it', async () => {
    await aService(oauthApp());
    expect((await put({ secrets: oauthApp() })).status).toBe(200);
  });

  it('F78: does not change the auth type of a connector with per-user authorization', async () => {
    await aService(oauthApp());
    await fixture.connect('c1');
    const { status, body } = await put({ secrets: bearer });
    expect([status, body['attributes']]).toMatchObject([400, { code: 'auth_type_is_fixed' }]);
    expect(await statusOf()).toBe('connected');
  });

  it('F78: does not change shared credentials to per-user authorization', async () => {
    await aService();
    const { status, body } = await put({ secrets: oauthApp() });
    expect([status, body['attributes']]).toMatchObject([400, { code: 'auth_mode_is_fixed' }]);
    expect((await fixture.read('c1')).secrets).toEqual(bearer);
  });

  it('deletes the shared token when the secrets change, and keeps it after a rename', async () => {
    await fixture.create('c1', { connector_type_id: '.probe', secrets: clientCredentials });
    const run = () => fixture.execute('c1', { subAction: 'get' });
    await run();
    await put({ name: 'Renamed', config: {} });
    await run();
    expect(fixture.idp.tokenCalls).toHaveLength(1);
    await put({ config: {}, secrets: { ...clientCredentials, scope: 'more' } });
    await run();
    expect(fixture.idp.tokenCalls).toHaveLength(2);
  });

  it('refuses a name that changes the direction of text', async () => {
    await aService();
    const { status, body } = await put({ name: 'Drive \u202eevirD' });
    expect([status, body['message']]).toEqual([400, expect.stringContaining('name')]);
    expect((await fixture.read('c1')).name).toBe('c1');
  });

  it('accepts a change when the caller edited the stored version', async () => {
    await aService();
    const { version } = await fixture.read('c1');
    expect((await put({ name: 'Mine', version })).status).toBe(200);
    expect((await fixture.read('c1')).name).toBe('Mine');
  });

  it('refuses a change when another version is stored, and stores nothing', async () => {
    await aService();
    const { version } = await fixture.read('c1');
    await put({ name: 'Theirs' });
    const { status, body } = await put({ name: 'Mine', secrets: bearer, version });
    expect([status, body['attributes']]).toEqual([409, { code: 'stale_version' }]);
    expect((await fixture.read('c1')).name).toBe('Theirs');
  });

  it('replaces any version when the caller sends none, as in Kibana', async () => {
    await aService();
    for (const name of ['Theirs', 'Mine']) expect((await put({ name })).status).toBe(200);
    expect((await fixture.read('c1')).name).toBe('Mine');
  });

  it('responds with a conflict when another edit is saved between read and write', async () => {
    await aService();
    let isFirst = true;
    meanwhile = async () => {
      if (!isFirst) return;
      isFirst = false;
      expect((await put({ name: 'Theirs' })).status).toBe(200);
    };
    const { status, body } = await put({ name: 'Mine' });
    expect(status).toBe(409);
    expect(body).toMatchObject({ statusCode: 409, error: 'Conflict' });
    expect((await fixture.read('c1')).name).toBe('Theirs');
  });

  it.each(['p1', 'my.dotted id', '_p'])(
    'refuses to change the preconfigured connector %s, which can be read',
    async (id) => {
      expect((await put({}, 'missing')).body).toMatchObject({ attributes: { code: 'not_found' } });
      const other = await createActionsFixture({
        config: { preconfigured: { [id]: { name: 'P', actionTypeId: '.probe' } } },
      });
      const url = `/api/actions/connector/${encodeURIComponent(id)}`;
      expect(await other.inject({ method: 'GET', url })).toMatchObject({
        status: 200,
        body: { id, is_preconfigured: true },
      });
      for (const method of ['PUT', 'DELETE'] as const) {
        const body = method === 'PUT' ? { body: { name: 'n' } } : {};
        const response = await other.inject<Record<string, unknown>>({
          method,
          url,
          ...body,
        });
        expect(response.status).toBe(400);
        expect(response.body['attributes']).toEqual({ code: 'preconfigured_is_read_only' });
      }
      await other.close();
    },
  );
});

describe('DELETE /api/actions/connector/{id}', () => {
  const aProbe = (secrets: object = oauthApp()) =>
    fixture.create('c1', { connector_type_id: '.probe', secrets });

  it('responds with 204 and leaves no document', async () => {
    await aService();
    const { status, text } = await remove();
    expect([status, text]).toEqual([204, '']);
    expect((await remove()).status).toBe(404);
    const url = '/api/actions/connectors';
    expect((await fixture.inject({ method: 'GET', url })).body).toEqual([]);
  });

  it('ends and revokes all grants, refresh token first', async () => {
    await aProbe();
    const grants = [await fixture.connect('c1', ana), await fixture.connect('c1', ben)];
    expect((await remove()).status).toBe(204);
    await fixture.services.tokens.stop(1000);
    for (const { refreshToken = '', accessToken } of grants) {
      const [first, second] = [refreshToken, accessToken].map((t) =>
        fixture.idp.revoked.indexOf(t),
      );
      expect(first).toBeGreaterThanOrEqual(0);
      expect(second).toBeGreaterThan(first ?? 0);
    }
    expect(fixture.idp.revoked).toHaveLength(4);
  });

  it('H114: never sends the tokens of one provider to the revocation endpoint of another', async () => {
    const elsewhere = fixture.api.origin;
    await aProbe(
      oauthApp({ authorizationUrl: `${elsewhere}/authorize`, tokenUrl: `${elsewhere}/token` }),
    );
    await fixture.connect('c1');
    await remove();
    await fixture.services.tokens.stop(1000);
    // The revocation endpoint of the connector type belongs to a provider that this connector does
    // not use.
    expect([fixture.idp.revoked, await statusOf()]).toEqual([[], 'not_connected']);
  });

  it('F78: grants of a deleted connector are not used by a new one with the same id', async () => {
    await aProbe();
    await fixture.connect('c1');
    await remove();
    await aProbe();
    const personal = await fixture.execute('c1', { subAction: 'get' });
    expect(personal.body).toMatchObject({ status: 'error', authorization_reason: 'no_token' });
    await remove();
    await aProbe({ authType: 'none' });
    await fixture.execute('c1', { subAction: 'get' });
    expect(fixture.api.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('H115: revokes the grants of the new client when an edit changes the client during the deletion', async () => {
    await fixture.create('c1', { connector_type_id: '.probe', secrets: oauthApp() });
    const issued: (string | undefined)[] = [];
    meanwhile = async () => {
      // At this moment, the deletion has read the connector, but has not stored its client in a
      // job.
      meanwhile = async () => {};
      const secrets = oauthApp({ clientId: 'another-client' });
      expect((await put({ config: {}, secrets })).status).toBe(200);
      const { accessToken, refreshToken } = await fixture.connect('c1', ben);
      issued.push(refreshToken, accessToken);
    };
    expect((await remove()).status).toBe(204);
    await fixture.services.tokens.outbox.drain(1000);
    expect(issued).toHaveLength(2);
    expect(fixture.idp.revoked).toEqual(issued);
    expect(await statusOf(ben)).toBe('not_connected');
  });

  it('succeeds when other requests edit and then delete the connector at the same time', async () => {
    await fixture.create('c1', { connector_type_id: '.probe', secrets: oauthApp() });
    const { accessToken, refreshToken } = await fixture.connect('c1');
    let reads = 0;
    meanwhile = async () => {
      const resume = meanwhile;
      meanwhile = async () => {};
      reads += 1;
      if (reads === 1)
        expect((await put({ config: {}, secrets: oauthApp({ scope: 'x' }) })).status).toBe(200);
      // When the connector is read the third time, the first deletion has failed with a conflict.
      if (reads === 3) expect((await remove()).status).toBe(204);
      meanwhile = resume;
    };
    expect((await remove()).status).toBe(204);
    expect(reads).toBeGreaterThan(3);
    await fixture.services.tokens.outbox.drain(1000);
    expect(fixture.idp.revoked).toEqual([refreshToken, accessToken]);
    expect((await remove()).status).toBe(404);
  });

  it('ends a grant that is stored while the connector is being deleted', async () => {
    await aProbe();
    let reads = 0;
    meanwhile = async () => {
      reads += 1;
      // The second read follows after the grants have ended.
      if (reads === 2) {
        meanwhile = async () => {};
        await fixture.connect('c1');
      }
    };
    expect((await remove()).status).toBe(204);
    expect(reads).toBe(2);
    expect(await statusOf()).not.toBe('connected');
  });
});
