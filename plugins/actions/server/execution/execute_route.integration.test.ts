import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ben,
  createActionsFixture,
  oauthApp,
} from './actions_fixture.mock.ts';

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture();
});
afterEach(() => fixture.close());

const probe = { connector_type_id: '.probe' };

describe('POST /api/actions/connector/{id}/_execute', () => {
  it('returns the result of the action with Kibana’s keys', async () => {
    await fixture.create('c1', probe);
    fixture.api.response = () => ({ body: { hello: 'world' } });
    const response = await fixture.execute('c1', { subAction: 'get', subActionParams: {} });
    expect(response.status).toBe(200);
    expect(response.body).toEqual({ connector_id: 'c1', status: 'ok', data: { hello: 'world' } });
  });

  it('acts with the caller’s own authorization', async () => {
    await fixture.create('c1', { ...probe, secrets: oauthApp() });
    await fixture.connect('c1');
    await fixture.connect('c1', ben);
    fixture.api.response = ({ headers }) => ({
      body: { caller: fixture.idp.ownerOf(headers.authorization) },
    });
    const params = { subAction: 'get' };
    expect((await fixture.execute('c1', params)).body).toMatchObject({ data: { caller: 'ana' } });
    expect((await fixture.execute('c1', params, { user: ben })).body).toMatchObject({
      data: { caller: 'ben' },
    });
  });
});
