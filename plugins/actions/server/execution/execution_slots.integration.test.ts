import { afterEach, expect, it } from 'vitest';
import { type ActionsFixture, ana, ben, createActionsFixture } from './actions_fixture.mock.ts';

let fixture: ActionsFixture;
afterEach(() => fixture.close());

/** One execution of the user runs, twenty wait, and further ones are refused. */
const MAX_PER_USER = 1;
const ACCEPTED = 21;
const REFUSED = 4;

it('F147: executions of one user beyond the limit get 429, and do not delay other users', async () => {
  fixture = await createActionsFixture({
    config: { maxConcurrentExecutionsPerUser: MAX_PER_USER },
  });
  await fixture.create('c1', { connector_type_id: '.probe' });
  const responses: (() => void)[] = [];
  let isCalled = (): void => {};
  const firstCall = new Promise<void>((resolve) => {
    isCalled = resolve;
  });
  fixture.api.response = async ({ url }) => {
    if (!url.endsWith('/slow')) return {};
    await new Promise<void>((resolve) => {
      responses.push(resolve);
      isCalled();
    });
    return {};
  };
  const get = (path: string) => ({ subAction: 'get', subActionParams: { path } });
  const ended: Awaited<ReturnType<ActionsFixture['execute']>>[] = [];
  let areRefused = (): void => {};
  const refusals = new Promise<void>((resolve) => {
    areRefused = resolve;
  });
  const calls = Array.from({ length: ACCEPTED + REFUSED }, async () => {
    ended.push(await fixture.execute('c1', get('/slow'), { user: ana }));
    if (ended.length === REFUSED) areRefused();
  });
  await Promise.all([firstCall, refusals]);
  for (const refused of ended)
    expect(refused).toMatchObject({
      status: 429,
      headers: { 'retry-after': '1' },
      body: { attributes: { code: 'too_many_executions' } },
    });
  const ofBen = await fixture.execute('c1', get('/quick'), { user: ben });
  expect(ofBen.body).toMatchObject({ status: 'ok' });
  const { contract } = fixture.services;
  const request = { connectorId: 'c1', params: get('/quick') };
  const step = await contract.execute({ user: ana, spaceId: 'default' }, request);
  expect(step.status).toBe('ok');
  expect(responses).toHaveLength(MAX_PER_USER);
  fixture.api.response = () => ({});
  responses[0]?.();
  await Promise.all(calls);
  const statuses = ended.slice(REFUSED).map(({ body }) => body['status']);
  expect(statuses).toEqual(Array.from({ length: ACCEPTED }, () => 'ok'));
});

it('F147: steps of workflows wait for a slot, and none is refused', async () => {
  fixture = await createActionsFixture({
    config: { maxConcurrentExecutionsPerUser: MAX_PER_USER },
  });
  await fixture.create('c1', { connector_type_id: '.probe' });
  let [running, most] = [0, 0];
  fixture.api.response = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    return {};
  };
  const { contract } = fixture.services;
  const as = { user: ana, spaceId: 'default' };
  const params = { subAction: 'get', subActionParams: { path: '/' } };
  const steps = Array.from({ length: 2 * ACCEPTED }, () =>
    contract.execute(as, { connectorId: 'c1', params }),
  );
  const statuses = (await Promise.all(steps)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set(['ok']));
  expect(most).toBe(MAX_PER_USER);
});

it('F147: an execution that waited reads the connector again before it begins', async () => {
  fixture = await createActionsFixture({
    config: { maxConcurrentExecutionsPerUser: MAX_PER_USER },
  });
  for (const id of ['c1', 'c2']) await fixture.create(id, { connector_type_id: '.probe' });
  const called: string[] = [];
  let respond = (): void => {};
  let isCalled = (): void => {};
  const firstCall = new Promise<void>((resolve) => {
    isCalled = resolve;
  });
  fixture.api.response = async ({ url }) => {
    called.push(url);
    isCalled();
    await new Promise<void>((resolve) => {
      respond = resolve;
    });
    return {};
  };
  const get = (path: string) => ({ subAction: 'get', subActionParams: { path } });
  const first = fixture.execute('c1', get('/first'), { user: ana });
  await firstCall;
  const waiting = fixture.execute('c2', get('/second'), { user: ana });
  const url = '/api/actions/connector/c2';
  expect((await fixture.inject({ method: 'DELETE', url, user: ana })).status).toBe(204);
  respond();
  expect((await first).body).toMatchObject({ status: 'ok' });
  expect((await waiting).status).toBe(404);
  expect(called).toHaveLength(1);
});
