import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  clientCredentials,
  createActionsFixture,
  oauthApp,
} from './actions_fixture.mock.ts';
import type { UpstreamResponse } from './upstream.mock.ts';

// Tests requests that are sent without axios, as `.custom_api` does. The same rules for axios are
// tested by token_rejection.integration.test.ts and missing_scope.integration.test.ts.

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture();
  const config = { url: fixture.api.origin };
  const secrets = oauthApp({ scope: 'files.read' });
  await fixture.create('personal', { connector_type_id: '.custom_api', config, secrets });
  await fixture.connect('personal');
});
afterEach(() => fixture.close());

const challenge = (value: string) => ({ 'www-authenticate': `Bearer ${value}` });
const guardedBy = (refusal: UpstreamResponse) => {
  fixture.api.response = ({ headers }) => {
    const caller = fixture.idp.ownerOf(headers.authorization);
    return caller === undefined ? refusal : { body: { caller } };
  };
};
const run = async (subActionParams: Readonly<Record<string, unknown>> = {}, id = 'personal') =>
  (await fixture.execute(id, { subAction: 'request', subActionParams })).body;
const calls = () => [fixture.idp.tokenCalls.length, fixture.api.seen.length];

describe('a token that the service rejects', () => {
  it.each([
    ['401', { status: 401 }],
    ['401 invalid_token', { status: 401, headers: challenge('error="invalid_token"') }],
    ['403 invalid_token', { status: 403, headers: challenge('error="invalid_token"') }],
  ])(
    'G101: is refreshed once after a %s, and the call is repeated once',
    async (_case, refusal) => {
      guardedBy(refusal);
      fixture.idp.expireAccessTokens();
      expect(await run()).toMatchObject({ status: 'ok', data: { data: { caller: 'ana' } } });
      expect(calls()).toEqual([1, 2]);
    },
  );

  it('G101: costs one refresh and one retry when every response is a 401, and later calls cost neither', async () => {
    fixture.api.response = () => ({ status: 401 });
    expect(await run()).toMatchObject({ status: 'ok', data: { status: 401 } });
    expect(calls()).toEqual([1, 2]);
    await run();
    expect(calls()).toEqual([1, 3]);
    fixture.api.response = () => ({});
    expect(await run()).toMatchObject({ data: { status: 200 } });
  });

  it.each([403, 404, 429, 500])(
    'G101: is neither refreshed nor sent again after a %i',
    async (status) => {
      fixture.api.response = () => ({ status });
      expect(await run()).toMatchObject({ status: 'ok', data: { status } });
      expect(calls()).toEqual([0, 1]);
    },
  );

  it('G84: is refreshed once for 40 rejected executions, and all succeed', async () => {
    guardedBy({ status: 401 });
    fixture.idp.expireAccessTokens();
    const results = await Promise.all(Array.from({ length: 40 }, () => run()));
    expect(results.filter(({ data }) => Object(data).status === 200)).toHaveLength(40);
    expect(fixture.idp.tokenCalls).toHaveLength(1);
  });

  it('G102: is replaced in a request with a body, which is sent again unchanged', async () => {
    guardedBy({ status: 401 });
    fixture.idp.expireAccessTokens();
    await run({ method: 'POST', body: { amount: 1 }, headers: { 'x-a': 'b' } });
    const [first, second] = fixture.api.seen;
    expect([first?.body, second?.body]).toEqual(['{"amount":1}', '{"amount":1}']);
    expect(second?.headers).toMatchObject({ 'content-type': 'application/json', 'x-a': 'b' });
    expect(second?.headers.authorization).not.toBe(first?.headers.authorization);
  });

  it('E67: is redacted together with its replacement when the service echoes both', async () => {
    const tokens: string[] = [];
    fixture.api.response = ({ headers }) => {
      tokens.push(String(headers.authorization).slice('Bearer '.length));
      return fixture.idp.ownerOf(headers.authorization) === undefined
        ? { status: 401 }
        : { body: { echo: tokens } };
    };
    fixture.idp.expireAccessTokens();
    const body = await run();
    expect(body).toMatchObject({ data: { data: { echo: ['[redacted]', '[redacted]'] } } });
  });
});

describe('A32: a call that needs a scope the user did not grant', () => {
  it.each([401, 403])('asks the user to authorize again after a %i', async (status) => {
    const headers = challenge('error="insufficient_scope", scope="files.write"');
    fixture.api.response = () => ({ status, headers });
    expect(await run()).toMatchObject({
      status: 'error',
      authorization_reason: 'missing_scope',
      service_message: expect.stringContaining('does not request [files.write]'),
    });
    expect(calls()).toEqual([0, 1]);
  });

  it('returns the refusal as a result with shared credentials', async () => {
    const config = { url: fixture.api.origin };
    await fixture.create('shared', {
      connector_type_id: '.custom_api',
      config,
      secrets: clientCredentials,
    });
    fixture.api.response = () => ({ status: 403, headers: challenge('error=insufficient_scope') });
    expect(await run({}, 'shared')).toMatchObject({ status: 'ok', data: { status: 403 } });
  });
});
