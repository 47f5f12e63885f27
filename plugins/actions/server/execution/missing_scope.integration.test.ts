import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  clientCredentials,
  createActionsFixture,
  oauthApp,
} from './actions_fixture.mock.ts';

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture();
  const secrets = { ...oauthApp(), scope: 'files.read files.write' };
  await fixture.create('personal', { connector_type_id: '.probe', secrets });
  await fixture.connect('personal');
});
afterEach(() => fixture.close());

const refuseWith = (challenge: string, status = 403) => {
  fixture.api.response = () => ({ status, headers: { 'www-authenticate': challenge } });
};
const run = async (id = 'personal') => (await fixture.execute(id, { subAction: 'get' })).body;

describe('A32: a call that needs a scope the user did not grant', () => {
  it.each([
    [403, 'Bearer realm="x", error="insufficient_scope", scope="files.write"'],
    [401, 'Bearer error="insufficient_scope", scope="files.write"'],
  ])(
    'returns the name of the scope and asks the user to authorize again after a %i',
    async (status, challenge) => {
      refuseWith(challenge, status);
      const body = await run();
      expect(body).toMatchObject({
        status: 'error',
        retry: false,
        errorSource: 'user',
        authorization_reason: 'missing_scope',
      });
      expect(body['service_message']).toBe(
        'Missing scope: the service refused the call because your authorization lacks [files.write]. Authorize the connector again and accept all requested permissions.',
      );
      expect([fixture.idp.tokenCalls.length, fixture.api.seen.length]).toEqual([0, 1]);
    },
  );

  it('refers the user to an administrator when the connector does not request the scope', async () => {
    refuseWith('Bearer error="insufficient_scope", scope="files.read admin.all"');
    expect((await run())['service_message']).toContain(
      'This connector does not request [admin.all]. An administrator must add it',
    );
  });

  it('reports a missing scope even if the service does not name the scope', async () => {
    refuseWith('Bearer error=insufficient_scope');
    const body = await run();
    expect(body).toMatchObject({ authorization_reason: 'missing_scope' });
    expect(body['service_message']).toContain('lacks a scope. Authorize the connector again');
  });

  it('does not repeat text of a challenge that is not a scope', async () => {
    refuseWith(String.raw`Bearer error="insufficient_scope", scope="files.write a\b x"`);
    expect(String((await run())['service_message'])).toContain('lacks [files.write], [x].');
  });

  it.each([
    ['another challenge', 'Bearer error="invalid_request", scope="files.write"', 403],
    ['another status', 'Bearer error="insufficient_scope"', 400],
  ])('returns the response unchanged for %s', async (_, challenge, status) => {
    refuseWith(challenge, status);
    expect(await run()).not.toHaveProperty('authorization_reason');
  });

  describe.each(['get', 'optionallyScoped'])(
    'when the provider reports the missing scope in its own format, in the action %s,',
    (subAction) => {
      const runIt = async (id = 'personal') => (await fixture.execute(id, { subAction })).body;
      const failedBody = { error: 'missing_scope', needed: 'admin.all,files.write' };

      it.each([
        ['in a body with the status 200', { status: 200, body: failedBody }],
        [
          'in headers',
          {
            status: 403,
            headers: { 'x-accepted-scopes': 'admin.all, files.write', 'x-scopes': 'a' },
          },
        ],
      ])('names the scope that the connector requests, %s', async (_, response) => {
        fixture.api.response = () => response;
        const body = await runIt();
        expect(body).toMatchObject({
          status: 'error',
          retry: false,
          errorSource: 'user',
          authorization_reason: 'missing_scope',
        });
        expect(body['service_message']).toContain(
          'your authorization lacks [files.write]. Authorize',
        );
        expect([fixture.idp.tokenCalls.length, fixture.api.seen.length]).toEqual([0, 1]);
      });

      it('refers the user to an administrator when the connector requests none of the scopes', async () => {
        fixture.api.response = () => ({ body: { ...failedBody, needed: 'admin.all' } });
        expect((await runIt())['service_message']).toContain('does not request [admin.all]');
      });

      it('does not repeat text of the body that is not a scope', async () => {
        fixture.api.response = () => ({ body: { ...failedBody, needed: String.raw`a\b` } });
        expect((await runIt())['service_message']).toContain('lacks a scope. Authorize');
      });

      it('returns the response as the result with shared credentials', async () => {
        await fixture.create('shared', { connector_type_id: '.probe', secrets: clientCredentials });
        fixture.api.response = () => ({ body: failedBody });
        expect(await runIt('shared')).toMatchObject({ status: 'ok', data: failedBody });
      });
    },
  );

  it('does not ask to authorize a connector with shared credentials', async () => {
    await fixture.create('shared', { connector_type_id: '.probe', secrets: clientCredentials });
    refuseWith('Bearer error="insufficient_scope", scope="files.write"');
    expect(await run('shared')).not.toHaveProperty('authorization_reason');
  });
});

describe('an action that needs OAuth scopes', () => {
  const runScoped = async (scopes: readonly string[] | undefined, subAction = 'scoped') => {
    await fixture.connect('personal', ana, 'default', { scopes });
    fixture.api.response = () => ({ body: { done: true } });
    const response = await fixture.execute('personal', { subAction });
    return response.body;
  };

  it.each([
    [['files.read'], '[files.write]. Authorize the connector again'],
    [['files.write'], '[files.read]. Authorize the connector again'],
  ])('fails before the call when the user granted only %j', async (scopes, text) => {
    const body = await runScoped(scopes);
    expect(body).toMatchObject({
      status: 'error',
      retry: false,
      errorSource: 'user',
      authorization_reason: 'missing_scope',
    });
    expect(body['service_message']).toContain('the action was not started');
    expect(body['service_message']).toContain(text);
    expect(fixture.api.seen).toEqual([]);
  });

  it('is executed without a scope that is not required', async () => {
    expect(await runScoped(['email'], 'optionallyScoped')).toMatchObject({ status: 'ok' });
    expect(fixture.api.seen).toHaveLength(1);
  });

  it('is started with a scope that the type does not name, if this scope may include its own', async () => {
    const refused = await runScoped(['files.write', 'email'], 'scopedUnlessOthers');
    expect(refused).toMatchObject({ authorization_reason: 'missing_scope' });
    expect(refused['service_message']).toContain('the action was not started');
    expect(fixture.api.seen).toEqual([]);
    expect(await runScoped(['files.write', 'admin'], 'scopedUnlessOthers')).toMatchObject({
      status: 'ok',
    });
    expect(fixture.api.seen).toHaveLength(1);
  });

  it.each([[['files.read', 'files.write']], [['files.all', 'files.read']], [[]], [undefined]])(
    'is executed when the granted scopes are %j',
    async (scopes) => {
      expect(await runScoped(scopes)).toMatchObject({ status: 'ok' });
      expect(fixture.api.seen).toHaveLength(1);
    },
  );
});

describe('an action of SharePoint, which requests all permissions of the app', () => {
  const GRAPH = 'https://graph.microsoft.com';
  const runWith = async (scopes: readonly string[] | undefined) => {
    const { authType, clientId, clientSecret } = oauthApp();
    const secrets = { authType, clientId, clientSecret };
    await fixture.create('sites', { connector_type_id: '.sharepoint-online', secrets });
    await fixture.connect('sites', ana, 'default', { scopes });
    fixture.api.response = () => ({ body: { value: [] } });
    return (await fixture.execute('sites', { subAction: 'getAllSites' })).body;
  };

  it.each([
    [['User.Read', 'Mail.Read', 'openid', 'profile', 'email']],
    [[`${GRAPH}/User.Read`, 'openid']],
  ])('fails before the call when the token response names only %j', async (scopes) => {
    const body = await runWith(scopes);
    expect(body).toMatchObject({
      status: 'error',
      retry: false,
      authorization_reason: 'missing_scope',
      service_message: expect.stringContaining(
        'An administrator must add [Sites.Selected] to the app before you authorize again.',
      ),
    });
    expect(fixture.api.seen).toEqual([]);
  });

  it.each([
    [['Sites.ReadWrite.All', 'User.Read']],
    [[`${GRAPH}/Sites.FullControl.All`, 'openid']],
    [['Directory.Read.All']],
    [[`${GRAPH}/.default`]],
    [[]],
    [undefined],
  ])('is executed when the token response names %j', async (scopes) => {
    expect(await runWith(scopes)).toMatchObject({ status: 'ok', data: { value: [] } });
    expect(fixture.api.seen).toHaveLength(1);
  });
});
