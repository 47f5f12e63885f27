import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ActionsBench, ben, createActionsBench, oauthApp } from './actions_bench.mock.ts';

let bench: ActionsBench;
beforeEach(async () => {
  bench = await createActionsBench();
});
afterEach(() => bench.close());

const probe = { connector_type_id: '.probe' };

describe('POST /api/actions/connector/{id}/_execute', () => {
  it('answers with what the action answered, in Kibana’s keys', async () => {
    await bench.create('c1', probe);
    bench.api.answer = () => ({ body: { hello: 'world' } });
    const answer = await bench.execute('c1', { subAction: 'get', subActionParams: {} });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ connector_id: 'c1', status: 'ok', data: { hello: 'world' } });
  });

  it('acts with the caller’s own authorization', async () => {
    await bench.create('c1', { ...probe, secrets: oauthApp() });
    await bench.connect('c1');
    await bench.connect('c1', ben);
    bench.api.answer = ({ headers }) => ({
      body: { caller: bench.idp.ownerOf(headers.authorization) },
    });
    const params = { subAction: 'get' };
    expect((await bench.execute('c1', params)).body).toMatchObject({ data: { caller: 'ana' } });
    expect((await bench.execute('c1', params, { user: ben })).body).toMatchObject({
      data: { caller: 'ben' },
    });
  });
});
