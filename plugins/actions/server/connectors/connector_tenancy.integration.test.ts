import type { AuthenticatedUser } from '@latchkey/core/server';
import type { HarnessRequest } from '@latchkey/core/server/harness';
import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  ben,
  createActionsFixture,
  oauthApp,
} from '../execution/actions_fixture.mock.ts';

const viewer = anAuthenticatedUser({ username: 'vic', profileUid: 'u_vic', roles: ['viewer'] });
const nobody = anAuthenticatedUser({ username: 'nob', profileUid: 'u_nob', roles: [] });
const READ_ONLY = new Set(['actions:get', 'actions:execute', 'actions:execute-oauth']);

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture({
    missing: ({ user }, privilege) =>
      user?.profileUid === nobody.profileUid ||
      (user?.profileUid === viewer.profileUid && !READ_ONLY.has(privilege)),
  });
});
afterEach(() => fixture.close());

const probe = (secrets: object = {}) => ({ connector_type_id: '.probe', secrets });

/** Returns a request for every operation on a connector. */
const attempts = (id: string, prefix = ''): Record<string, HarnessRequest> => {
  const url = `${prefix}/api/actions/connector/${id}`;
  return {
    get: { method: 'GET', url },
    update: { method: 'PUT', url, body: { name: 'n' } },
    delete: { method: 'DELETE', url },
    execute: { method: 'POST', url: `${url}/_execute`, body: { params: { subAction: 'get' } } },
  };
};
const responsesTo = async (requests: Record<string, HarnessRequest>, user?: AuthenticatedUser) => {
  const responses: Record<string, { status: number; text: string }> = {};
  for (const [name, request] of Object.entries(requests)) {
    const { status, text } = await fixture.inject({ ...request, ...(user && { user }) });
    responses[name] = { status, text };
  }
  return responses;
};

describe('connectors in spaces', () => {
  it('C47, F71: a connector of another space gets the same response as one that never existed', async () => {
    await fixture.create('c1', probe(oauthApp()), '/s/sales');
    await fixture.connect('c1', ana, 'sales');
    const foreign = await responsesTo(attempts('c1'));
    const unknown = await responsesTo(attempts('c0'));
    const renamed = JSON.parse(JSON.stringify(unknown).replaceAll('c0', 'c1'));
    expect(foreign).toEqual(renamed);
    expect(Object.values(foreign).map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(fixture.api.seen).toEqual([]);
    expect((await fixture.read('c1', 'sales')).name).toBe('c1');
  });

  it('C47: server code gets no access token of a connector in another space', async () => {
    await fixture.create('c1', probe(oauthApp()), '/s/sales');
    const { accessToken } = await fixture.connect('c1', ana, 'sales');
    const tokenIn = (spaceId: string) =>
      fixture.services.contract
        .getActionsClient({ user: ana, spaceId })
        .getOAuthAccessToken({ connectorId: 'c1' });
    await expect(tokenIn('default')).rejects.toMatchObject({ code: 'not_found' });
    expect(await tokenIn('sales')).toBe(`Bearer ${accessToken}`);
  });

  it('C47: server code finds no connector of another space', async () => {
    await fixture.create('c1', probe(oauthApp()), '/s/sales');
    const foundIn = (spaceId: string) =>
      fixture.services.contract.getActionsClient({ user: ana, spaceId }).find('c1');
    expect(await foundIn('default')).toBeUndefined();
    expect(await foundIn('sales')).toMatchObject({ id: 'c1', connectorTypeId: '.probe' });
    const asNobody = { user: nobody, spaceId: 'sales' };
    const refused = fixture.services.contract.getActionsClient(asNobody).find('c1');
    await expect(refused).rejects.toMatchObject({ statusCode: 403 });
  });

  it('F73: an id that is taken in one space is refused in all, without details of the other connector', async () => {
    await fixture.create('c1', probe(), '/s/sales');
    const second = await fixture.inject<Record<string, unknown>>({
      method: 'POST',
      url: '/api/actions/connector/c1',
      body: { name: 'Mine', ...probe() },
    });
    expect([second.status, second.body['attributes']]).toEqual([409, { code: 'id_taken' }]);
    const list = (prefix: string) =>
      fixture.inject<{ id: string }[]>({ method: 'GET', url: `${prefix}/api/actions/connectors` });
    expect((await list('')).body).toEqual([]);
    expect((await list('/s/sales')).body.map(({ id }) => id)).toEqual(['c1']);
  });

  it('F71: a user who tried 20 ids of other spaces may not choose an id for an hour', async () => {
    const attempt = (id: string, user: AuthenticatedUser = ana) =>
      fixture.inject<Record<string, unknown>>({
        method: 'POST',
        url: `/api/actions/connector/${id}`,
        user,
        body: { name: 'Mine', ...probe() },
      });
    const statusesOf = async (ids: readonly string[]) =>
      Promise.all(ids.map(async (id) => (await attempt(id)).status));
    await fixture.create('own', probe());
    const hidden = Array.from({ length: 21 }, (_, index) => `hidden-${index}`);
    for (const id of hidden) await fixture.create(id, probe(), '/s/sales');
    // Ids of the user's own space do not count, because the user may read them anyway.
    expect(await statusesOf(Array.from({ length: 30 }, () => 'own'))).toEqual(
      Array.from({ length: 30 }, () => 409),
    );
    expect(new Set(await statusesOf(hidden.slice(0, 20)))).toEqual(new Set([409]));
    const [taken, free] = [await attempt('hidden-20'), await attempt('free-one')];
    expect(taken).toMatchObject({
      status: 429,
      body: { attributes: { code: 'too_many_taken_ids' } },
    });
    expect([free.status, free.text.replace('free-one', 'hidden-20')]).toEqual([429, taken.text]);
    expect((await attempt('', ana)).status).toBe(200);
    expect((await attempt('free-one', ben)).status).toBe(200);
    await fixture.clock.advance(60 * 60_000);
    expect((await attempt('free-two')).status).toBe(200);
  });

  it('F71: simultaneous attempts reveal at most 20 ids, and then taken and free ids are refused alike', async () => {
    for (let n = 0; n < 40; n += 1) await fixture.create(`hidden-${n}`, probe(), '/s/sales');
    const ids = Array.from({ length: 80 }, (_, n) =>
      n % 2 ? `hidden-${(n - 1) / 2}` : `free-${n}`,
    );
    const statuses = await Promise.all(
      ids.map(async (id) => {
        const url = `/api/actions/connector/${id}`;
        const body = { name: 'Mine', ...probe() };
        return (await fixture.inject({ method: 'POST', url, body })).status;
      }),
    );
    const revealed = statuses.filter((status) => status === 409).length;
    expect(revealed).toBe(20);
    // After 20 ids were revealed, a free id is refused in the same way as a taken one.
    const last = ids.filter((_, n) => n > 2 * revealed);
    expect(new Set(statuses.slice(-last.length))).toEqual(new Set([429]));
  });

  it('F71: simultaneous attempts with free ids are not limited', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const url = `/api/actions/connector/free-${n}`;
        const body = { name: 'Mine', ...probe() };
        return (await fixture.inject({ method: 'POST', url, body })).status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('F73: four requests in two spaces that create the same id at the same time create one connector', async () => {
    const create = (prefix: string) =>
      fixture.inject({
        method: 'POST',
        url: `${prefix}/api/actions/connector/c1`,
        body: { name: 'n', ...probe() },
      });
    const responses = await Promise.all([
      create(''),
      create('/s/sales'),
      create(''),
      create('/s/sales'),
    ]);
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  });

  it('are refused with 404 in a space that does not exist', async () => {
    const responses = await responsesTo(attempts('c1', '/s/missing'));
    expect(Object.values(responses).map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });
});

describe('requests for connectors', () => {
  it('F72: may read and execute, but not change, with read privileges', async () => {
    await fixture.create('c1', probe());
    const responses = await responsesTo(attempts('c1'), viewer);
    expect(
      Object.fromEntries(Object.entries(responses).map(([k, { status }]) => [k, status])),
    ).toEqual({ get: 200, update: 403, delete: 403, execute: 200 });
    expect((await fixture.read('c1')).name).toBe('c1');
  });

  it('F72: a deletion with read privileges is refused with the documented response and one audit event', async () => {
    await fixture.create('c1', probe());
    const before = fixture.audit.events.length;
    const { body } = await fixture.inject({
      method: 'DELETE',
      url: '/api/actions/connector/c1',
      user: viewer,
    });
    expect(body).toEqual({
      statusCode: 403,
      error: 'Forbidden',
      message: 'Unauthorized to delete actions: missing privilege [actions:delete]',
      attributes: { code: 'forbidden' },
    });
    expect(fixture.audit.events.slice(before)).toEqual([
      {
        principal: expect.objectContaining({ user: viewer }),
        action: 'connector_delete',
        outcome: 'failure',
        errorCode: 'forbidden',
        message: 'User may not delete connector [c1]',
        savedObject: { type: 'action', id: 'c1' },
      },
    ]);
  });

  it('F72: are refused without privileges, with the same response for existing and missing ids', async () => {
    await fixture.create('c1', probe());
    const existing = await responsesTo(attempts('c1'), nobody);
    expect(Object.values(existing).map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect(await responsesTo(attempts('c0'), nobody)).toEqual(existing);
    const list = { method: 'GET', url: '/api/actions/connectors', user: nobody } as const;
    const create = {
      method: 'POST',
      url: '/api/actions/connector/c2',
      user: nobody,
      body: { name: 'n', ...probe() },
    } as const;
    expect([(await fixture.inject(list)).status, (await fixture.inject(create)).status]).toEqual([
      403, 403,
    ]);
    expect(fixture.api.seen).toEqual([]);
  });

  it('F72: neither use nor show the authorization of another user', async () => {
    await fixture.create('c1', probe(oauthApp()));
    await fixture.connect('c1', ana);
    const { body } = await fixture.execute('c1', { subAction: 'get' }, { user: ben });
    expect(body).toMatchObject({ status: 'error', authorization_reason: 'no_token' });
    expect(fixture.api.seen).toEqual([]);
  });

  it('get 401 without a session', async () => {
    const responses = await Promise.all(
      Object.values(attempts('c1')).map((request) => fixture.inject({ ...request, user: null })),
    );
    expect(responses.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  });

  it('are refused if they change something without the header that other sites cannot send', async () => {
    const { update, delete: remove, execute } = attempts('c1');
    for (const request of [update, remove, execute]) {
      if (request === undefined) throw new Error('the request is missing');
      expect((await fixture.inject({ ...request, defaultHeaders: false })).status).toBe(400);
    }
  });
});
