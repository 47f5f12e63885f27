import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  clientCredentials,
  createActionsFixture,
} from './actions_fixture.mock.ts';

const as = { user: ana, spaceId: 'default' };
const TOKEN_MS = 30;
const RESPONSE_MS = 200;

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture({ config: { maxConcurrentExecutionsPerUser: 1 } });
  await fixture.create('c1', { connector_type_id: '.probe', secrets: clientCredentials });
  const { idp, api, clock } = fixture;
  const respond = idp.upstream.response;
  idp.upstream.response = async (request) => {
    await clock.advance(TOKEN_MS);
    return respond(request);
  };
  api.response = async () => {
    await clock.advance(RESPONSE_MS);
    return {};
  };
});
afterEach(() => fixture.close());

/** Executes an action of the probe as a step does. */
const execute = (subAction: string, isTimed = true) =>
  fixture.services.contract.execute(as, {
    connectorId: 'c1',
    params: { subAction, subActionParams: { path: '/x' } },
    isTimed,
  });

describe('the timings of an execution', () => {
  it.each([
    ['of the axios client', 'get'],
    ['without axios', 'scoped'],
  ])(
    'contain the token request separately from the request to the service %s',
    async (_, action) => {
      expect(await execute(action)).toMatchObject({
        status: 'ok',
        timings: { waitedMs: 0, tokenMs: TOKEN_MS, upstreamMs: RESPONSE_MS },
      });
      // The token is known now.
      expect((await execute(action)).timings).toMatchObject({
        tokenMs: 0,
        upstreamMs: RESPONSE_MS,
      });
    },
  );

  it('contain the wait for an execution slot of the user', async () => {
    const [first, second] = await Promise.all([execute('get'), execute('get')]);
    expect(first.timings?.waitedMs).toBe(0);
    expect(second.timings).toEqual({
      waitedMs: TOKEN_MS + RESPONSE_MS,
      tokenMs: 0,
      upstreamMs: RESPONSE_MS,
    });
  });

  it('contain the sum of several requests of one action', async () => {
    expect((await execute('twice')).timings?.upstreamMs).toBe(2 * RESPONSE_MS);
  });

  it('also exist for a failed request and for a replaced token', async () => {
    await execute('get');
    const { api, clock } = fixture;
    let calls = 0;
    api.response = async () => {
      await clock.advance(RESPONSE_MS);
      calls += 1;
      return { status: calls === 1 ? 401 : 500 };
    };
    expect(await execute('get')).toMatchObject({
      status: 'error',
      timings: { tokenMs: TOKEN_MS, upstreamMs: 2 * RESPONSE_MS },
    });
  });

  it('are absent if the caller, such as `_execute`, does not ask for them', async () => {
    expect(await execute('get', false)).not.toHaveProperty('timings');
    const request = { subAction: 'get', subActionParams: { path: '/x' } };
    expect((await fixture.execute('c1', request)).body).not.toHaveProperty('timings');
  });
});
