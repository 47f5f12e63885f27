import { ConnectorActionError, setConnectorActionErrorMeta } from '@latchkey/connector-specs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccessControl } from '../audit/index.ts';
import {
  type ActionsFixture,
  ana,
  createActionsFixture,
  oauthApp,
} from './actions_fixture.mock.ts';
import { Executor } from './executor.ts';
import { probeFailure } from './probe_spec.mock.ts';
import type { UpstreamResponse } from './upstream.mock.ts';

const AROUND = 'an error occurred while running the action';

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture();
  await fixture.create('plain', { connector_type_id: '.probe' });
  await fixture.create('personal', { connector_type_id: '.probe', secrets: oauthApp() });
});
afterEach(() => fixture.close());

const run = async (id: string, params: Readonly<Record<string, unknown>>) => {
  const { status, body } = await fixture.execute(id, params);
  expect(status).toBe(200);
  return body;
};
const responding = (response: UpstreamResponse) => {
  fixture.api.response = () => response;
  return run('plain', { subAction: 'get' });
};
const failing = (error: unknown) => {
  probeFailure.error = error;
  return run('plain', { subAction: 'fail' });
};
const errorLines = () => fixture.logger.lines.filter(({ level }) => level === 'error');

describe('the result when no authorization is available', () => {
  it('F76: asks the user to authorize, with the reason', async () => {
    expect(await run('personal', { subAction: 'get' })).toEqual({
      connector_id: 'personal',
      status: 'error',
      message: AROUND,
      service_message: 'You have not authorized this connector yet. Authorize it and try again.',
      retry: false,
      errorSource: 'user',
      authorization_reason: 'no_token',
    });
  });

  it('F76: says that there is no user, and uses no other token', async () => {
    await fixture.connect('personal');
    const { types, egress, clock, logger, services } = fixture;
    const executor = new Executor({
      connectors: services.connectorReader,
      access: new AccessControl({ missingPrivileges: async () => [] }, fixture.audit),
      users: fixture.security,
      types,
      egress,
      clock,
      logger,
      tokens: services.tokens.tokens,
      limits: { maxResponseBytes: 1000, responseTimeoutMs: 1000, maxConcurrentPerUser: 50 },
      metrics: { executions: { inc: () => {} }, duration: { observe: () => {} } },
    });
    const result = await executor.execute(
      { user: undefined, spaceId: 'default' },
      { connectorId: 'personal', params: { subAction: 'get' } },
    );
    expect(result).toMatchObject({
      status: 'error',
      retry: false,
      errorSource: 'user',
      authorizationReason: 'no_user',
    });
    expect(fixture.api.seen).toEqual([]);
  });

  it('asks the user to authorize when the provider has revoked the grant', async () => {
    await fixture.connect('personal');
    fixture.clock.jumpWall(2 * 3_600_000);
    fixture.idp.refuse = { status: 400, body: { error: 'invalid_grant' } };
    expect(await run('personal', { subAction: 'get' })).toMatchObject({
      retry: false,
      errorSource: 'user',
      authorization_reason: 'token_revoked',
    });
  });

  it('names the administrator when the provider refuses the client', async () => {
    await fixture.connect('personal');
    fixture.clock.jumpWall(2 * 3_600_000);
    fixture.idp.refuse = { status: 401, body: { error: 'invalid_client' } };
    const body = await run('personal', { subAction: 'get' });
    expect(body).toMatchObject({ message: AROUND, retry: false, errorSource: 'user' });
    expect(body).not.toHaveProperty('authorization_reason');
  });

  it('contains the instant of the next attempt when the provider asks for a pause', async () => {
    await fixture.connect('personal');
    fixture.clock.jumpWall(2 * 3_600_000);
    fixture.idp.refuse = { status: 429, headers: { 'retry-after': '120' }, body: {} };
    expect(await run('personal', { subAction: 'get' })).toMatchObject({
      message: AROUND,
      retry: new Date(fixture.clock.now() + 120_000).toISOString(),
      errorSource: 'framework',
    });
  });
});

describe('the result when the service refuses', () => {
  it.each([
    [400, undefined],
    [401, undefined],
    [403, undefined],
    [404, undefined],
    [409, undefined],
    [429, true],
    [500, true],
    [503, true],
  ])('for status %d, has the retry value %s', async (status, retry) => {
    expect(await responding({ status, body: { secret: 'of the vendor' } })).toEqual({
      connector_id: 'plain',
      status: 'error',
      message: `Request failed with status code ${status}`,
      ...(retry === undefined ? {} : { retry }),
    });
  });

  it.each(['30', 'Tue, 01 Jan 2030 00:00:30 GMT'])(
    'converts the Retry-After value %j to an instant',
    async (value) => {
      const body = await responding({ status: 503, headers: { 'retry-after': value } });
      expect(body).toMatchObject({ retry: '2030-01-01T00:00:30.000Z' });
    },
  );

  it('contains the message and the pause of an error that the handler throws', async () => {
    const facts = { status: 429, retryAfterMs: 5000 };
    expect(
      await failing(new ConnectorActionError('vendor_error', 'API error (429)', facts)),
    ).toEqual({
      connector_id: 'plain',
      status: 'error',
      message: 'API error (429)',
      retry: '2030-01-01T00:00:05.000Z',
    });
  });

  it.each([
    ['invalid_input', { retry: false, errorSource: 'user' }],
    ['unexpected_response', {}],
    ['vendor_error', {}],
  ] as const)(
    'contains retry and source of a handler error with the code %s',
    async (code, expected) => {
      expect(await failing(new ConnectorActionError(code, 'No.', { status: 400 }))).toEqual({
        connector_id: 'plain',
        status: 'error',
        message: 'No.',
        ...expected,
      });
    },
  );

  it.each([
    [{ status: 403, isRateLimit: true, retryAfterMs: 5000 }, { retry: '2030-01-01T00:00:05.000Z' }],
    [{ status: 200, isRateLimit: true, whoActs: 'nobody' }, { retry: true }],
    [
      { status: 404, whoActs: 'user' },
      { retry: false, errorSource: 'user' },
    ],
    [
      { status: 402, whoActs: 'administrator' },
      { retry: false, errorSource: 'user' },
    ],
  ] as const)('for the handler error %j contains %j', async (facts, expected) => {
    expect(await failing(new ConnectorActionError('vendor_error', 'No.', facts))).toEqual({
      connector_id: 'plain',
      status: 'error',
      message: 'No.',
      ...expected,
    });
  });

  it('contains the details that a handler attached to its error', async () => {
    const error = new ConnectorActionError('vendor_error', 'No.');
    setConnectorActionErrorMeta(error, { contentLengthBytes: 9, estimatedOutputBytes: 12 });
    expect(await failing(error)).toMatchObject({
      error_meta: { contentLengthBytes: 9, estimatedOutputBytes: 12 },
    });
  });
});

describe('the result when the request fails', () => {
  it('contains the size from the header that the action names, and no retry, when the response is too large', async () => {
    const body = 'x'.repeat(2000);
    fixture.api.response = () => ({ body, headers: { 'x-size': '2000' } });
    const fetchOptions = { max_content_length: 1000 };
    expect(await run('plain', { subAction: 'get', fetchOptions })).toEqual({
      connector_id: 'plain',
      status: 'error',
      message: 'maxContentLength size of 1000 exceeded',
      retry: false,
      errorSource: 'user',
      error_meta: { contentLengthBytes: 2000 },
    });
    const higher = { subAction: 'get', fetchOptions: { max_content_length: 3000 } };
    expect(await run('plain', higher)).toMatchObject({ status: 'ok' });
  });

  it('contains the size from content-length when the action names no header', async () => {
    fixture.api.response = () => ({
      body: 'x'.repeat(2000),
      headers: { 'content-length': '2000' },
    });
    const params = { subAction: 'post', fetchOptions: { max_content_length: 1000 } };
    expect(await run('plain', params)).toMatchObject({ error_meta: { contentLengthBytes: 2000 } });
  });

  it('recommends a retry when the service does not respond in time', async () => {
    // A fixture with a short timeout, for this test only: on a slow machine, other tests could
    // exceed the timeout too.
    const impatient = await createActionsFixture({ config: { responseTimeout: '200ms' } });
    await impatient.create('plain', { connector_type_id: '.probe' });
    impatient.api.response = () => ({ hang: true });
    const { status, body } = await impatient.execute('plain', { subAction: 'get' });
    expect([status, body]).toEqual([
      200,
      {
        connector_id: 'plain',
        status: 'error',
        message: expect.stringContaining('did not respond within 200 ms'),
        retry: true,
      },
    ]);
    await impatient.close();
  });

  it('recommends a retry when the service is not running', async () => {
    await fixture.api.close();
    const body = await run('plain', { subAction: 'get' });
    expect(body).toMatchObject({ status: 'error', retry: true });
    expect(body).not.toHaveProperty('errorSource');
  });

  it.each([
    ['https://not-allowed.example/', 'not in xpack.actions.allowedHosts'],
    ['ftp://localhost/', 'http'],
  ])('recommends no retry for a redirect to %s', async (location, why) => {
    const body = await responding({ status: 302, headers: { location } });
    expect(body).toMatchObject({ status: 'error', retry: false, errorSource: 'user' });
    expect(body['message']).toContain(why);
  });

  it('recommends no retry for an endless redirect', async () => {
    const body = await responding({ status: 302, headers: { location: '/again' } });
    expect(body).toMatchObject({ status: 'error', retry: false });
  });
});

describe('an unexpected failure', () => {
  it('reveals no detail of a bug, and is logged once', async () => {
    expect(await failing(new TypeError('internal detail'))).toEqual({
      connector_id: 'plain',
      status: 'error',
      message: AROUND,
      retry: true,
      errorSource: 'framework',
    });
    expect(errorLines()).toHaveLength(1);
    expect(errorLines()[0]?.message).toBe('Connector [plain] failed unexpectedly');
  });

  it('is reported for a handler that throws a value other than an error', async () => {
    expect(await failing(undefined)).toMatchObject({ message: AROUND });
    expect(await failing('text')).toMatchObject({ message: AROUND });
  });

  it('is not logged for a failure of the service', async () => {
    await responding({ status: 500 });
    await run('personal', { subAction: 'get' });
    expect(errorLines()).toEqual([]);
  });

  it('is reported for a response that cannot be sent', async () => {
    expect(await run('plain', { subAction: 'circle' })).toMatchObject({
      status: 'error',
      message: 'the response is nested too deeply',
    });
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    fixture.api.response = () => ({ body: deep });
    const fetchOptions = { max_content_length: 200_000 };
    expect(await run('plain', { subAction: 'get', fetchOptions })).toMatchObject({
      status: 'error',
    });
  });

  it('is not reported for an action without a result, which returns an empty object', async () => {
    expect(await run('plain', { subAction: 'nothing' })).toEqual({
      connector_id: 'plain',
      status: 'ok',
      data: {},
    });
  });
});

describe('the checks before an action is executed', () => {
  it.each([
    [{}, '[subAction]'],
    [{ subAction: 'missing' }, '[subAction]'],
    [{ subAction: 'constructor' }, '[subAction]'],
    [{ subAction: 'get', subActionParams: { path: 7 } }, '[path]'],
    [{ subAction: 'get', subActionParams: { other: 'canary' } }, 'other'],
    [{ subAction: 'get', fetchOptions: { max_content_length: 0 } }, 'max_content_length'],
  ])('refuses the params %j with 400', async (params, place) => {
    const { status, body, text } = await fixture.execute('plain', params);
    expect([status, body['attributes']]).toEqual([400, { code: 'invalid_params' }]);
    expect(body['message']).toContain(place);
    expect(text).not.toContain('canary');
    expect(fixture.api.seen).toEqual([]);
  });

  it('refuses params that are too large with 413', async () => {
    const small = await createActionsFixture({ config: { maxPayloadSize: '100b' } });
    await small.create('plain', { connector_type_id: '.probe' });
    const subActionParams = { path: 'x'.repeat(150) };
    const { status, body } = await small.execute('plain', { subAction: 'get', subActionParams });
    expect([status, body['attributes']]).toEqual([413, { code: 'params_too_large' }]);
    await small.close();
  });

  it.each([{}, { params: 'x' }, { params: {}, extra: 1 }])(
    'refuses the body %j with 400',
    async (body) => {
      const url = '/api/actions/connector/plain/_execute';
      expect((await fixture.inject({ method: 'POST', url, body })).status).toBe(400);
    },
  );
});

describe('the connection test', () => {
  it('is executed as sub-action _test and fails when its handler throws', async () => {
    expect(await run('plain', { subAction: '_test', subActionParams: {} })).toMatchObject({
      status: 'ok',
    });
    expect(fixture.api.seen.map(({ url }) => url)).toEqual(['/test']);
    fixture.api.response = () => ({ status: 401 });
    expect(await run('plain', { subAction: '_test' })).toMatchObject({ status: 'error' });
  });

  it('asks the user to authorize first', async () => {
    expect(await run('personal', { subAction: '_test' })).toMatchObject({
      authorization_reason: 'no_token',
    });
  });
});

it('an execution aborts its request to the service when the caller closes the connection', async () => {
  const slow = await createActionsFixture();
  await slow.create('plain', { connector_type_id: '.probe' });
  const caller = new AbortController();
  const arrived = new Promise<void>((resolve) => {
    slow.api.response = () => {
      resolve();
      return { hang: true };
    };
  });
  const client = slow.services.contract.getActionsClient({ user: ana, spaceId: 'default' });
  const params = { subAction: 'get' };
  const running = client.execute({ connectorId: 'plain', params, signal: caller.signal });
  await arrived;
  caller.abort();
  expect(await running).toMatchObject({ status: 'error', retry: true });
  await slow.close();
});

it('the metrics count executions by type and outcome', async () => {
  await responding({});
  await responding({ status: 500 });
  const text = await fixture.metricsText();
  for (const outcome of ['ok', 'error']) {
    expect(text).toContain(
      `latchkey_connector_executions_total{connector_type=".probe",outcome="${outcome}"} 1`,
    );
  }
});
