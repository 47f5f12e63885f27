import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  createActionsFixture,
  oauthApp,
} from './actions_fixture.mock.ts';

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture({
    config: {
      preconfigured: {
        fixed: {
          name: 'fixed',
          actionTypeId: '.probe',
          config: { enabledActions: ['look'] },
        },
        wrong: {
          name: 'wrong',
          actionTypeId: '.probe',
          config: { enabledActions: ['unknown'] },
        },
      },
    },
  });
});
afterEach(() => fixture.close());

const create = (enabledActions: unknown, over = {}) =>
  fixture.inject<{ readonly attributes: object; readonly message: string }>({
    method: 'POST',
    url: '/api/actions/connector/probe',
    body: { name: 'probe', connector_type_id: '.probe', config: { enabledActions }, ...over },
  });
const execute = (subAction: string, id = 'probe') => fixture.execute(id, { subAction });
const refused = (subAction: string, id = 'probe') => ({
  status: 403,
  body: {
    message: `Action [${subAction}] of connector [${id}] is not enabled. An administrator can enable it in the settings of the connector.`,
    attributes: { code: 'action_not_enabled' },
  },
});

describe('a connector with enabled actions', () => {
  it('executes only the enabled actions and the connection test', async () => {
    expect((await create(['look', 'get'])).status).toBe(200);
    expect(await execute('look')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await execute('get')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await execute('_test')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const calls = fixture.api.seen.length;
    expect(await execute('post')).toMatchObject(refused('post'));
    expect(fixture.api.seen).toHaveLength(calls);
    expect(JSON.stringify(fixture.audit.events.at(-1))).toContain('action_not_enabled');
  });

  it('refuses another action before a token is requested', async () => {
    await create(['look'], { secrets: oauthApp() });
    expect(await execute('get')).toMatchObject(refused('get'));
    await fixture.connect('probe', ana);
    expect(await execute('get')).toMatchObject(refused('get'));
    expect(fixture.idp.tokenCalls).toEqual([]);
  });

  it('returns the enabled actions, and executes all actions after an update without `enabledActions`', async () => {
    const config = { enabledActions: ['look'] };
    expect(await create(['look'])).toMatchObject({ body: { config } });
    const url = '/api/actions/connector/probe';
    expect(await fixture.inject({ method: 'GET', url })).toMatchObject({ body: { config } });
    const form = '/internal/actions/connector/probe/form';
    expect(await fixture.inject({ method: 'GET', url: form })).toMatchObject({
      body: { config, enabled_actions: ['look'] },
    });
    await fixture.inject({ method: 'PUT', url, body: { name: 'probe', config: {} } });
    expect(await execute('get')).toMatchObject({ status: 200 });
  });

  it.each([
    [['unknown'], 'enabledActions.0', 'expected one of: get, post'],
    [['_test'], 'enabledActions.0', 'expected one of'],
    [[], 'enabledActions', 'minimum 1'],
    [['get', 'get'], 'enabledActions', 'names an action twice'],
    ['get', 'enabledActions', 'expected array'],
  ])('is refused with %j, with an error that names the field', async (value, path, problem) => {
    const { status, body } = await create(value);
    expect(status).toBe(400);
    expect(body.message).toContain(`[${path}]: `);
    expect(body.message).toContain(problem);
    expect(body.attributes).toMatchObject({
      code: 'invalid_config',
      issues: [{ path: `config.${path}` }],
    });
  });

  it('returns the enabled actions of a preconfigured connector whose config is not exposed', async () => {
    const url = '/api/actions/connector/fixed';
    const { body } = await fixture.inject({ method: 'GET', url });
    expect(body).toMatchObject({ enabled_actions: ['look'] });
    expect(body).not.toHaveProperty('config');
  });

  it('can be preconfigured, and is not executed if an enabled action does not exist', async () => {
    expect(await execute('look', 'fixed')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await execute('get', 'fixed')).toMatchObject(refused('get', 'fixed'));
    expect(await execute('look', 'wrong')).toMatchObject({
      status: 400,
      body: { attributes: { code: 'invalid_config' } },
    });
  });
});
