import { type ConnectorSpec, defineConnectorSpec } from '@latchkey/connector-specs';
import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
  type TestUser,
} from './flow_fixture.mock.ts';

let strict: FakeOAuthServer;
let fixture: FlowFixture;
let testUser: TestUser;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
beforeEach(async () => {
  testUser = aTestUser();
  const spec = aFlowSpec('.strict');
  const noop = spec.actions['noop'] ?? fail();
  const actions = {
    readFiles: { ...noop, oauthScopes: [['files.read', 'files.write']] },
    writeFiles: { ...noop, oauthScopes: ['files.write'] },
    readMail: { ...noop, oauthScopes: ['email'] },
  } satisfies ConnectorSpec['actions'];
  fixture = await createFlowFixture({ specs: [defineConnectorSpec({ ...spec, actions })] });
  await fixture.create('files', app('files.read offline_access'));
});
afterEach(() => fixture.close());

function fail(): never {
  throw new Error('the type has no action');
}
const app = (scope: string) => anAppConnector('.strict', strict, strict.clients.basic, { scope });
const widen = (scope: string) =>
  fixture.as(aTestUser(), {
    method: 'PUT',
    url: '/api/actions/connector/files',
    body: { name: 'files', secrets: app(scope).secrets },
  });
const enable = (...enabledActions: readonly string[]) =>
  fixture.as(aTestUser(), {
    method: 'PUT',
    url: '/api/actions/connector/files',
    body: { name: 'files', config: enabledActions.length === 0 ? {} : { enabledActions } },
  });
const requested = async () => {
  const { body } = await fixture.start(testUser, 'files');
  return new URL(body.authorizationUrl).searchParams.get('scope')?.split(' ').sort();
};
const approach = async () => {
  const { body } = await fixture.start(testUser, 'files');
  const options = { as: 'ana', stopAtOrigin: PUBLIC_BASE_URL } as const;
  return walkConsent(body.authorizationUrl, options);
};
const connect = async () =>
  expect((await fixture.arrive(testUser, await approach())).status).toBe(200);
const status = async () => {
  const { body } = await fixture.as<Record<string, object>>(testUser, {
    method: 'POST',
    url: '/internal/actions/connectors/_me/auth_status',
  });
  return body['files'];
};
const asAdministratorSees = async () => {
  const url = '/api/actions/connector/files/grants';
  const { body } = await fixture.as<{ grants: object[] }>(aTestUser(), { method: 'GET', url });
  return body.grants;
};

describe('a scope that is added to a connector later', () => {
  it('is listed as missing until the user authorizes again, while the user stays connected', async () => {
    await connect();
    expect(await status()).not.toHaveProperty('missing_scopes');
    const edited = await widen('files.read email offline_access');
    expect(edited.body).not.toHaveProperty('disconnected_users');
    const hint = { connection_status: 'connected', missing_scopes: ['email'] };
    expect(await status()).toMatchObject({ user_auth_status: 'connected', ...hint });
    expect(await asAdministratorSees()).toEqual([expect.objectContaining(hint)]);
    await connect();
    expect(await status()).toMatchObject({ connection_status: 'connected' });
    expect(await status()).not.toHaveProperty('missing_scopes');
  });

  it('is missing even if the edit happened while the user was at the provider', async () => {
    const arrival = await approach();
    await widen('files.read profile offline_access');
    expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
    expect(await status()).toMatchObject({ missing_scopes: ['profile'] });
  });

  it('is not missing when the connector no longer requests it', async () => {
    await connect();
    await widen('files.read email');
    await widen('files.read');
    expect(await status()).not.toHaveProperty('missing_scopes');
  });

  it('is not listed as missing if the user must authorize again anyway', async () => {
    await connect();
    await widen('files.read email');
    await fixture.disconnect(testUser, 'files');
    expect(await status()).not.toHaveProperty('missing_scopes');
  });
});

describe('the enabled actions of a connector', () => {
  beforeEach(() => widen('files.write email offline_access profile'));

  it('decide which scopes are requested, together with the scopes that no action names', async () => {
    const others = ['offline_access', 'profile'];
    expect(await requested()).toEqual(['email', 'files.write', ...others]);
    await enable('readFiles');
    expect(await requested()).toEqual(['files.write', ...others]);
    await enable('readMail');
    expect(await requested()).toEqual(['email', ...others]);
    await enable();
    expect(await requested()).toEqual(['email', 'files.write', ...others]);
  });

  it('can be reduced without disconnecting users or asking them to authorize', async () => {
    await connect();
    expect((await enable('readFiles')).body).not.toHaveProperty('disconnected_users');
    expect(await status()).toMatchObject({ connection_status: 'connected', next_step: 'none' });
    expect(await status()).not.toHaveProperty('missing_scopes');
  });

  it('can be extended, which asks only users who lack a scope to authorize again', async () => {
    await enable('readMail');
    await connect();
    expect((await enable('readMail', 'writeFiles')).body).not.toHaveProperty('disconnected_users');
    const hint = { connection_status: 'connected', missing_scopes: ['files.write'] };
    expect(await status()).toMatchObject({ ...hint, next_step: 'reconnect' });
    await connect();
    expect(await status()).not.toHaveProperty('missing_scopes');
    await enable('readMail', 'readFiles', 'writeFiles');
    expect(await status()).not.toHaveProperty('missing_scopes');
  });
});

describe('the explained scopes of a connection', () => {
  it('are the scopes that were requested at the authorization, and the granted ones', async () => {
    await widen('openid files.read offline_access');
    expect(await status()).not.toHaveProperty('scope_texts');
    await connect();
    await widen('openid email files.read offline_access');
    const openid = { scope: 'openid', text: 'Know which account you signed in with' };
    const offline = { scope: 'offline_access', text: expect.stringContaining('Keep access') };
    expect(await status()).toMatchObject({
      scope_texts: {
        requested: [openid, { scope: 'files.read' }, offline],
        granted: expect.arrayContaining([openid, { scope: 'files.read' }]),
      },
      next_step: 'reconnect',
    });
  });
});
