import { providerDataSchema } from '@latchkey/oauth-providers';
import { describe, expect, it } from 'vitest';
import type { StandardClient } from './client.ts';
import { dialectOf } from './dialect.ts';
import { anEarsClient, aStandardClient, fakeIo, json } from './oauth_client.mock.ts';
import { OAuthError } from './oauth_error.ts';
import type { RevocationIo } from './revocation.ts';

const TOKEN = { token: 'rt-1', hint: 'refresh_token' } as const;
const revoke = (io: RevocationIo, client: Partial<StandardClient> = {}) =>
  dialectOf(aStandardClient(client)).revoke(TOKEN, io);
const revokeByEars = (io: RevocationIo) => dialectOf(anEarsClient()).revoke(TOKEN, io);
const formOf = (body: string | undefined) => Object.fromEntries(new URLSearchParams(body));

describe('revocation in the standard dialect', () => {
  it('H110: sends the token with its hint and the client credentials', async () => {
    const { io, sent } = fakeIo(() => new Response(null, { status: 200 }));
    expect(await revoke(io)).toBe('revoked');
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ url: 'https://auth.example.com/revoke', method: 'POST' });
    expect(sent[0]?.headers['authorization']).toMatch(/^Basic /);
    expect(formOf(sent[0]?.body)).toEqual({ token: 'rt-1', token_type_hint: 'refresh_token' });
  });

  it('returns unsupported without a request when there is no revocation endpoint', async () => {
    const { io, sent } = fakeIo(() => new Response(null));
    expect(await revoke(io, { revocationEndpoint: undefined })).toBe('unsupported');
    expect(sent).toHaveLength(0);
  });

  it('H112: repeats the request with the other hint after unsupported_token_type', async () => {
    const { io, sent } = fakeIo(({ body }) =>
      formOf(body)['token_type_hint'] === 'access_token'
        ? new Response(null, { status: 200 })
        : json({ error: 'unsupported_token_type' }, { status: 400 }),
    );
    expect(await revoke(io)).toBe('revoked');
    expect(sent.map(({ body }) => formOf(body)['token_type_hint'])).toEqual([
      'refresh_token',
      'access_token',
    ]);
  });

  it('H112: returns unsupported when the endpoint accepts neither hint', async () => {
    const { io, sent } = fakeIo(() => json({ error: 'unsupported_token_type' }, { status: 400 }));
    expect(await revoke(io)).toBe('unsupported');
    expect(sent).toHaveLength(2);
  });

  it.each([
    [204, undefined, 'revoked'],
    [400, 'invalid_token', 'revoked'],
    [400, 'invalid_grant', 'revoked'],
    [400, 'temporarily_unavailable', 'failed_transient'],
    [408, undefined, 'failed_transient'],
    [429, undefined, 'failed_transient'],
    [500, 'invalid_token', 'failed_transient'],
    [503, undefined, 'failed_transient'],
    [302, undefined, 'failed_transient'],
    [400, 'invalid_request', 'failed_transient'],
    [401, 'invalid_client', 'failed_transient'],
    [404, undefined, 'failed_transient'],
  ])('H111: for HTTP %i with %s returns %s', async (status, error, outcome) => {
    const body = error === undefined ? null : JSON.stringify({ error });
    const { io } = fakeIo(() => new Response(body, { status }));
    expect(await revoke(io)).toBe(outcome);
  });

  it.each([
    [200, { status: 0 }, 'revoked'],
    [200, { status: 401 }, 'revoked'],
    [200, { status: 277 }, 'failed_transient'],
    [200, { status: 'success' }, 'revoked'],
    [400, { status: 401, error: 'Invalid Params' }, 'revoked'],
    [400, { status: 503 }, 'failed_transient'],
  ])(
    'H111: for HTTP %i and %j of a provider with its own error codes returns %s',
    async (status, body, outcome) => {
      const { failures } = providerDataSchema.parse({
        failures: {
          errorPaths: ['status'],
          rules: [
            { when: { errors: ['401'] }, means: 'invalid_grant', reason: 'its own code' },
            { when: { errors: ['277'] }, means: 'invalid_client', reason: 'its own code' },
          ],
        },
      });
      const { io } = fakeIo(() => json(body, { status }));
      expect(await revoke(io, { provider: { failures: { ...failures, responses: {} } } })).toBe(
        outcome,
      );
    },
  );

  it.each([
    [{}, 'missing parameter client_id', 'failed_transient'],
    [{}, 'Token expired', 'revoked'],
    [{ operations: ['refresh_token'] }, 'Token expired', 'failed_transient'],
  ])(
    'H111: for a rule with the description "expired" and %j, and the message %j, returns %s',
    async (limits, message, outcome) => {
      const when = { errors: ['400'], descriptionHas: 'expired', ...limits };
      const { failures } = providerDataSchema.parse({
        failures: {
          errorPaths: ['code'],
          rules: [{ when, means: 'invalid_grant', reason: 'its own code' }],
        },
      });
      const { io } = fakeIo(() => json({ code: 400, message }, { status: 400 }));
      expect(await revoke(io, { provider: { failures: { ...failures, responses: {} } } })).toBe(
        outcome,
      );
    },
  );

  it('H111: reads a form-encoded error in a response with HTTP 200', async () => {
    const { io } = fakeIo(
      () =>
        new Response('error=invalid_client', {
          status: 200,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
    );
    expect(await revoke(io)).toBe('failed_transient');
  });

  it.each([
    ['{"ok":false,"error":"invalid_client"}', 'failed_transient'],
    ['<html><body>Signed out</body></html>', 'revoked'],
  ])('H111: for %s with the content type HTML returns %s', async (body, outcome) => {
    const { io } = fakeIo(
      () => new Response(body, { status: 200, headers: { 'content-type': 'text/html' } }),
    );
    expect(await revoke(io)).toBe(outcome);
  });

  it.each([503, 429, 401])('reports the Retry-After of HTTP %i', async (status) => {
    const delays: number[] = [];
    const { io } = fakeIo(() => new Response(null, { status, headers: { 'retry-after': '3600' } }));
    const noting = { ...io, onRetryAfter: (delayMs: number) => delays.push(delayMs) };
    await revoke(noting);
    expect(delays).toEqual([3_600_000]);
  });

  it('H112: repeats the request with the other hint after unsupported_token_type with HTTP 200', async () => {
    const { io, sent } = fakeIo(({ body }) =>
      json(
        formOf(body)['token_type_hint'] === 'access_token'
          ? {}
          : { error: 'unsupported_token_type' },
      ),
    );
    expect(await revoke(io)).toBe('revoked');
    expect(sent).toHaveLength(2);
  });

  it.each([
    ['timeout', 'failed_transient'],
    ['connection_failed', 'failed_transient'],
    ['dns_failed', 'failed_transient'],
    ['redirect_refused', 'failed_transient'],
    ['response_too_large', 'failed_transient'],
    ['host_not_allowed', 'failed_transient'],
    ['address_not_allowed', 'failed_transient'],
  ])('H111: for the egress failure %s returns %s', async (code, outcome) => {
    const { io } = fakeIo(() => {
      throw Object.assign(new Error('no'), { name: 'EgressError', code });
    });
    expect(await revoke(io)).toBe(outcome);
  });

  it.each([
    ['the status of a refusal', () => new Response(null, { status: 503 }), [{ status: 503 }]],
    [
      'the status of an error with HTTP 200',
      () => json({ ok: false, error: 'internal_error' }),
      [{ status: 200 }],
    ],
    [
      'the code when no response was read',
      () => {
        throw Object.assign(new Error('no'), { name: 'EgressError', code: 'timeout' });
      },
      [{ code: 'timeout' }],
    ],
    ['no cause for a success', () => new Response(null, { status: 200 }), []],
  ] as const)('H111: reports %s', async (_, respond, expected) => {
    const { io } = fakeIo(respond);
    const causes: unknown[] = [];
    await revoke({ ...io, onFailure: (cause) => void causes.push(cause) });
    expect(causes).toEqual(expected);
  });

  const failure = (code: string, responseLost: boolean) =>
    Object.assign(new Error('no'), { name: 'EgressError', code, responseLost });
  it.each([
    ['sends the request again after a lost connection', failure('connection_failed', true), 2],
    ['repeats no request that was not sent', failure('connection_failed', false), 1],
    ['repeats no request after a timeout', failure('timeout', true), 1],
  ] as const)('H111: %s', async (_, thrown, requests) => {
    const { io, sent } = fakeIo(() => {
      if (sent.length > 1) return new Response(null, { status: 200 });
      throw thrown;
    });
    expect(await revoke(io)).toBe(requests === 2 ? 'revoked' : 'failed_transient');
    expect(sent).toHaveLength(requests);
  });

  it('H111: returns failed_transient when this server cannot send the request', async () => {
    const { io } = fakeIo(() => {
      throw new OAuthError('invalid_client', 'misconfigured', 'The certificate cannot be read.');
    });
    expect(await revokeByEars(io)).toBe('failed_transient');
  });

  it.each([
    [404, { message: 'Not Found' }, 'revoked'],
    [422, null, 'revoked'],
    [422, { message: 'Validation Failed', errors: [{ code: 'invalid' }] }, 'revoked'],
    [404, { error: 'invalid_client' }, 'failed_transient'],
    [401, { message: 'Bad credentials' }, 'failed_transient'],
  ])(
    'for HTTP %i with %j, when the provider rejects invalid tokens with 404 and 422, returns %s',
    async (status, body, outcome) => {
      const url = 'https://auth.example.com/revoke';
      const { io } = fakeIo(() => json(body, { status }));
      const revocation = {
        url,
        request: {
          method: 'DELETE' as const,
          authentication: 'client_secret_basic' as const,
          format: 'json' as const,
          fields: { access_token: '{token}' },
        },
        tokens: ['access_token' as const],
        ends: 'all_grants' as const,
        alreadyInvalid: [404, 422],
      };
      const dialect = dialectOf(aStandardClient({ provider: { revocation } }));
      expect(await dialect.revoke({ token: 'at-1', hint: 'access_token' }, io)).toBe(outcome);
    },
  );

  it.each([
    [{ authentication: 'client_secret_basic', format: 'none', fields: { token: '{token}' } }],
    [{ authentication: 'client_secret_post', format: 'json', fields: { hint: '{hint}' } }],
  ] as const)(
    'H110: sends no request without the token, as %j would be, and returns unsupported',
    async (request) => {
      const url = 'https://auth.example.com/revoke';
      const { io, sent } = fakeIo(() => new Response(null));
      const revocation = {
        url,
        request: { method: 'POST' as const, ...request },
        tokens: ['access_token' as const],
        ends: 'grant' as const,
      };
      const dialect = dialectOf(aStandardClient({ provider: { revocation } }));
      expect(await dialect.revoke({ token: 'at-1', hint: 'access_token' }, io)).toBe('unsupported');
      expect(sent).toEqual([]);
    },
  );

  it('returns failed_transient when the endpoint is not a URL', async () => {
    const { io } = fakeIo(() => new Response(null));
    expect(await revoke(io, { revocationEndpoint: 'nonsense' })).toBe('failed_transient');
  });
});

describe('revocation in the EARS dialect', () => {
  it('sends only the token', async () => {
    const { io, sent } = fakeIo(() => json({}));
    expect(await revokeByEars(io)).toBe('revoked');
    expect(sent).toEqual([
      expect.objectContaining({
        url: 'https://ears.example.com/v1/google/oauth/revoke',
        body: '{"token":"rt-1"}',
      }),
    ]);
  });

  it('sends no second request, which would be identical', async () => {
    const { io, sent } = fakeIo(() => json({ error: 'unsupported_token_type' }, { status: 400 }));
    expect(await revokeByEars(io)).toBe('unsupported');
    expect(sent).toHaveLength(1);
  });
});
