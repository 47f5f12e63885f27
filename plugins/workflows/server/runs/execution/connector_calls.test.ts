import type { ExecutionResult } from '@latchkey/actions-plugin/server';
import { aConnectorView, createActionsStartMock } from '@latchkey/actions-plugin/server/mocks';
import { HttpError } from '@latchkey/core/server';
import { anAuthenticatedUser, createUrlBuilder } from '@latchkey/core/server/mocks';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { StepCall } from '@latchkey/workflow-engine';
import { describe, expect, it } from 'vitest';
import { createConnectorCalls, createKeyCheck } from './connector_calls.ts';

const principal = { user: anAuthenticatedUser(), spaceId: 'default' };
const as = { profileUid: 'u_ana', apiKeyId: null, spaceId: 'default' };
const { signal } = new AbortController();
/** Each reading is 10 ms after the one before. */
let nowMs = 0;
const clock = { monotonic: () => (nowMs += 10) };

const aCall = (over: Partial<StepCall> = {}): StepCall => ({
  scopes: [],
  stepKey: 'search',
  name: 'search',
  type: 'google_drive.searchFiles',
  connectorId: 'connector-1',
  input: { query: 'x' },
  idempotencyKey: 'key',
  maxOutputBytes: 1_000,
  ...over,
});

const { connectorId: _, ...unnamed } = aCall();

const ok: ExecutionResult = { connectorId: 'connector-1', status: 'ok', data: { files: [] } };

/** Creates calls of connectors on a server that responds with this result or error. */
const calling = (
  result: ExecutionResult | Error,
  {
    authMode = 'per-user',
    enabledActions = ['searchFiles'],
    ...more
  }: {
    readonly isDryRun?: boolean;
    readonly refusesPersonal?: boolean;
    readonly authMode?: 'per-user' | 'shared';
    readonly enabledActions?: readonly string[];
  } = {},
) => {
  const executed: unknown[] = [];
  const actions = createActionsStartMock({
    getAll: async () => [
      aConnectorView({ id: 'connector-1', name: 'My Drive', authMode, enabledActions }),
    ],
    execute: async (request) => {
      executed.push(request);
      if (result instanceof Error) throw result;
      return result;
    },
  });
  return { executed, call: createConnectorCalls({ actions, clock, as, principal, ...more }) };
};

describe('a call of a connector', () => {
  it('measures its parts, and counts the remaining time as work of the server', async () => {
    const timings = { waitedMs: 1.04, tokenMs: 2, upstreamMs: 3.33 };
    const { executed, call } = calling({ ...ok, timings });
    expect(await call(aCall(), signal)).toMatchObject({
      kind: 'completed',
      timings: { waitedMs: 1, tokenMs: 2, upstreamMs: 3.3, overheadMs: 3.6 },
    });
    expect(executed).toEqual([expect.objectContaining({ isTimed: true })]);
  });

  it('has no timings if the user must authorize first, or nothing was executed', async () => {
    const timings = { waitedMs: 0, tokenMs: 2, upstreamMs: 0 };
    const refused = { ...ok, status: 'error' as const, authorizationReason: 'no_token', timings };
    const { call } = calling(refused);
    expect(await call(aCall(), signal)).not.toHaveProperty('timings');
    expect(await call(aCall({ connectorId: 'unknown' }), signal)).not.toHaveProperty('timings');
  });

  it.each(['connector-1', 'My Drive'])('finds the connector by id or name [%s]', async (named) => {
    const { executed, call } = calling(ok);
    expect(await call(aCall({ connectorId: named }), signal)).toEqual({
      kind: 'completed',
      output: { files: [] },
    });
    expect(executed).toMatchObject([
      {
        connectorId: 'connector-1',
        params: { subAction: 'searchFiles', subActionParams: { query: 'x' } },
        idempotencyKey: 'key',
      },
    ]);
  });

  it('passes the time limit of the step, and none for a step without one', async () => {
    const { executed, call } = calling(ok);
    await call(aCall({ timeoutMs: 5_000 }), signal);
    await call(aCall(), signal);
    expect(executed[0]).toMatchObject({ timeoutMs: 5_000 });
    expect(executed[1]).not.toHaveProperty('timeoutMs');
  });

  it('does not read the list of connectors when the step names an id', async () => {
    const actions = createActionsStartMock({
      find: async (id) => aConnectorView({ id }),
      getAll: () => Promise.reject(new Error('The list was read.')),
    });
    const call = createConnectorCalls({ actions, clock, as, principal });
    const completed = { kind: 'completed' };
    expect(await call(aCall({ connectorId: 'connector-1' }), signal)).toMatchObject(completed);
  });

  it.each([
    ['no connector', unnamed, 'ConnectorRequired'],
    ['an unknown connector', aCall({ connectorId: 'other' }), 'ConnectorNotFound'],
    ['a connector of another type', aCall({ type: 'slack.post' }), 'ConnectorTypeMismatch'],
  ])('sends nothing and fails when the step names %s', async (_, request, type) => {
    const { executed, call } = calling(ok);
    expect(await call(request, signal)).toMatchObject({ kind: 'failed', error: { type } });
    expect(executed).toEqual([]);
  });

  it.each([false, true])(
    'sends nothing and fails when the action is not enabled (dry run: %o)',
    async (isDryRun) => {
      const { executed, call } = calling(ok, { enabledActions: ['listFiles'], isDryRun });
      expect(await call(aCall(), signal)).toMatchObject({
        kind: 'failed',
        error: { type: 'ActionNotEnabled', message: expect.stringContaining('[searchFiles]') },
      });
      expect(executed).toEqual([]);
    },
  );

  it("sends nothing with the user's account when the run refuses personal accounts", async () => {
    const refused = calling(ok, { refusesPersonal: true });
    expect(await refused.call(aCall(), signal)).toMatchObject({
      kind: 'failed',
      error: {
        type: 'PersonalConnectionRefused',
        // The workflow may have been saved by the user of the run, with an API key.
        message: expect.stringContaining('saved last by another user, or with an API key'),
      },
    });
    expect(refused.executed).toEqual([]);
    const shared = calling(ok, { refusesPersonal: true, authMode: 'shared' });
    expect(await shared.call(aCall(), signal)).toMatchObject({ kind: 'completed' });
  });

  it('fails when several connectors have the name that the step uses', async () => {
    const actions = createActionsStartMock({
      getAll: async () => ['a', 'b'].map((id) => aConnectorView({ id, name: 'My Drive' })),
    });
    const call = createConnectorCalls({ actions, clock, as, principal });
    expect(await call(aCall({ connectorId: 'My Drive' }), signal)).toMatchObject({
      error: { type: 'ConnectorAmbiguous' },
    });
    expect(actions.executed).toEqual([]);
  });

  it.each(['Drive', 'drive-1'])(
    'finds the connector of the type of the step, even if one of another type is called [%s]',
    async (connectorId) => {
      const other = aConnectorView({ id: 'http-1', name: connectorId, connectorTypeId: '.http' });
      const drive = aConnectorView({ id: 'drive-1', name: 'Drive' });
      const all = [other, drive];
      const actions = createActionsStartMock({
        find: async (id) => all.find((each) => each.id === id),
        getAll: async () => all,
      });
      const call = createConnectorCalls({ actions, clock, as, principal, isDryRun: true });
      expect(await call(aCall({ connectorId }), signal)).toMatchObject({ kind: 'completed' });
    },
  );

  it('finds a connector by its name even if the name is the id of a connector of another type', async () => {
    const all = [
      aConnectorView({ id: 'Drive', name: 'Web', connectorTypeId: '.http' }),
      aConnectorView({ id: 'drive-1', name: 'Drive' }),
    ];
    const actions = createActionsStartMock({
      find: async (id) => all.find((each) => each.id === id),
      getAll: async () => all,
    });
    const call = createConnectorCalls({ actions, clock, as, principal, isDryRun: true });
    expect(await call(aCall({ connectorId: 'Drive' }), signal)).toMatchObject({
      kind: 'completed',
    });
  });

  it('reports that the user must authorize the connector', async () => {
    const { call } = calling({ ...ok, status: 'error', authorizationReason: 'no_token' });
    expect(await call(aCall(), signal)).toMatchObject({
      kind: 'unauthorized',
      connectorId: 'connector-1',
      error: { details: { reason: 'no_token', connectorName: 'My Drive' } },
    });
  });

  it("returns the service's message and the time from which a retry is useful", async () => {
    const { call } = calling({
      ...ok,
      status: 'error',
      message: 'failed',
      serviceMessage: 'slow down',
      retry: '2026-01-01T00:00:00.000Z',
    });
    expect(await call(aCall(), signal)).toEqual({
      kind: 'failed',
      error: { type: 'ConnectorExecutionError', message: 'slow down' },
      retryAt: new Date('2026-01-01T00:00:00.000Z'),
    });
  });

  it('shows status, code and request of the service in the details', async () => {
    const { call } = calling({
      ...ok,
      status: 'error',
      message: 'API error',
      errorMeta: { vendorStatus: 503, vendorCode: 'busy', requestId: 'r1', whoActs: 'nobody' },
    });
    expect(await call(aCall(), signal)).toMatchObject({
      error: { details: { status: 503, code: 'busy', requestId: 'r1' } },
    });
  });

  it('sends the input of an action, and no limit of the response', async () => {
    const { executed, call } = calling(ok);
    await call(aCall({ maxOutputBytes: 5_000_000 }), signal);
    const params = { subAction: 'searchFiles', subActionParams: { query: 'x' } };
    expect(executed).toEqual([expect.objectContaining({ params })]);
  });

  it('fails with the type of the exceeded limit when the response is too large', async () => {
    const message = 'maxContentLength size of 1000 exceeded';
    const { call } = calling({ ...ok, status: 'error', message });
    expect(await call(aCall(), signal)).toMatchObject({
      error: { type: 'StepSizeLimitExceeded', details: { limitBytes: 1_000 } },
    });
  });

  it('names the link with which the user connects the account', async () => {
    const urls = createUrlBuilder({ basePath: '', publicBaseUrl: 'https://latchkey.example.com' });
    const actions = createActionsStartMock({
      find: async (id) => aConnectorView({ id }),
      execute: async () => ({ ...ok, status: 'error', authorizationReason: 'no_token' }),
    });
    const inSales = { ...as, spaceId: 'sales' };
    const call = createConnectorCalls({ actions, clock, as: inSales, principal, urls });
    const username = principal.user.username;
    expect(await call(aCall(), signal)).toMatchObject({
      error: {
        details: {
          startUrl: `https://latchkey.example.com/s/sales/api/actions/connector/connector-1/oauth/start?user=${username}`,
        },
      },
    });
  });

  it('interrupts the run when the run is aborted, although the connector reports a failure', async () => {
    const controller = new AbortController();
    const reason = new Error('interrupted');
    const { call } = calling({ ...ok, status: 'error', message: 'the call was aborted' });
    const calls = call(aCall(), controller.signal);
    controller.abort(reason);
    await expect(calls).rejects.toBe(reason);
  });

  it('keeps a result that arrived before the run was interrupted', async () => {
    const controller = new AbortController();
    const calls = calling(ok).call(aCall(), controller.signal);
    controller.abort(new Error('interrupted'));
    expect(await calls).toMatchObject({ kind: 'completed' });
  });

  it('fails when the user lacks the privilege to call connectors', async () => {
    const { call } = calling(new HttpError(403, 'Not allowed.'));
    expect(await call(aCall(), signal)).toMatchObject({ error: { type: 'NotAllowed' } });
  });

  it('sends no request in a dry run when the step needs no connector', async () => {
    const { executed, call } = calling(ok, { isDryRun: true });
    const request = { ...unnamed, type: 'http', input: { url: 'https://api.example.com/' } };
    expect(await call(request, signal)).toEqual({ kind: 'completed', output: null });
    expect(executed).toEqual([]);
  });

  it('sends nothing in a dry run, but looks up the connector as in other runs', async () => {
    const { executed, call } = calling(ok, { isDryRun: true });
    expect(await call(aCall(), signal)).toEqual({ kind: 'completed', output: null });
    expect(await call(aCall({ connectorId: 'other' }), signal)).toMatchObject({ kind: 'failed' });
    expect(executed).toEqual([]);
  });

  it('sends no request of an `http` step without a connector in a dry run', async () => {
    const request = { ...unnamed, type: 'http', input: { url: 'https://api.example.com' } };
    const { call } = calling(new Error('sent'), { isDryRun: true });
    expect(await call(request, signal)).toEqual({ kind: 'completed', output: null });
  });

  it('interrupts the run when the store is unavailable', async () => {
    const outage = new SavedObjectError('store_unavailable', 'down', { type: 'action' });
    await expect(calling(outage).call(aCall(), signal)).rejects.toBe(outage);
  });
});

describe('an `http` step with a connector', () => {
  const RESPONSE = { status: 503, statusText: 'Busy', headers: { a: 'b' }, data: { why: 'x' } };
  const callingHttp = (result: Partial<ExecutionResult>, idempotencyHeader?: string) => {
    const executed: unknown[] = [];
    const named = idempotencyHeader === undefined ? {} : { idempotencyHeader };
    const actions = createActionsStartMock({
      find: async (id) => ({ ...aConnectorView({ id, connectorTypeId: '.http' }), ...named }),
      execute: async (request) => {
        executed.push(request);
        return { ...ok, ...result };
      },
    });
    const request = aCall({
      type: 'http',
      input: { path: '/x', method: 'POST', headers: { count: 3 }, timeout: '1s' },
    });
    return {
      actions,
      executed,
      request,
      call: createConnectorCalls({ actions, clock, as, principal }),
    };
  };

  it('sends the request with the limit of the step, and without unknown keys', async () => {
    const { executed, request, call } = callingHttp({});
    await call(request, signal);
    const params = {
      path: '/x',
      method: 'POST',
      headers: { count: '3' },
      fetcher: { max_content_length: 1_000 },
    };
    expect(executed).toEqual([expect.objectContaining({ params })]);
  });

  it('fails with the response in the details', async () => {
    const { request, call } = callingHttp({
      status: 'error',
      message: 'HTTP request failed: [503] Busy',
      serviceMessage: '[503] Busy',
      failedResponse: RESPONSE,
    });
    expect(await call(request, signal)).toEqual({
      kind: 'failed',
      error: { type: 'ConnectorExecutionError', message: '[503] Busy', details: RESPONSE },
    });
  });

  it('completes with a redirect that it does not follow, as without a connector', async () => {
    const failedResponse = { ...RESPONSE, status: 302 };
    const { request, call } = callingHttp({ status: 'error', failedResponse });
    expect(await call(request, signal)).toEqual({ kind: 'completed', output: failedResponse });
  });

  it.each([
    ['POST', 'Idempotency-Key', true],
    ['POST', undefined, false],
    ['PUT', 'Idempotency-Key', false],
  ])('sends a key with %s and the header %j: %o', async (method, header, expected) => {
    const { actions, request } = callingHttp({}, header);
    const sendsKey = createKeyCheck({ actions, principal });
    expect(await sendsKey({ ...request, input: { method } })).toBe(expected);
    expect(await sendsKey(aCall({ input: { method } }))).toBe(false);
  });
});
