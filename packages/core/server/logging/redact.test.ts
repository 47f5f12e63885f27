import { createServer } from 'node:http';
import { StoreError } from '@latchkey/saved-objects';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

const CANARY = 'canary-7f3a';
const text = (fields: Record<string, unknown>): string => JSON.stringify(redact(fields, true));

describe('the redaction of log lines', () => {
  it.each([
    'authorization',
    'Authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'Set-Cookie',
    'token',
    'access_token',
    'accessToken',
    'refresh_token',
    'refreshToken',
    'id_token',
    'code',
    'code_verifier',
    'codeVerifier',
    'client_secret',
    'clientSecret',
    'password',
    'secret',
    'secrets',
    'state',
    'apiKey',
    'api_key',
    'API-KEY',
    'encryptionKey',
    'oauth.code',
    'http.request.headers.authorization',
  ])('E63: replaces the value of the key %s at any depth', (key) => {
    const fields = { [key]: CANARY, a: { b: [{ [key]: { deep: CANARY } }] } };
    expect(text(fields)).not.toContain(CANARY);
    expect(text(fields)).toContain('[redacted]');
  });

  it('keeps the values of keys that only resemble the name of a secret', () => {
    const fields = {
      http: { response: { status_code: 401 } },
      event: { action: 'token_refresh', outcome: 'failure' },
      errorCode: 'needs_reauth',
      'error.code': 'invalid_grant',
      error: { code: 'invalid_grant' },
      tokenType: 'user',
    };
    expect(redact(fields, false)).toEqual(fields);
  });

  it('redacts an error code that does not have the form of an error code', () => {
    expect(text({ 'error.code': `4/${CANARY}` })).not.toContain(CANARY);
  });

  it('E63: removes credentials from texts of any source', () => {
    const fields = {
      a: `Authorization: Bearer ${CANARY}`,
      b: `GET https://a/callback?code=${CANARY}&state=${CANARY}&x=1`,
      c: `{"access_token":"${CANARY}","refresh_token" : "${CANARY}`,
      d: `Basic ${CANARY}${CANARY}`,
      e: `client_secret=${CANARY}`,
    };
    expect(text(fields)).not.toContain(CANARY);
    expect(text(fields)).toContain('x=1');
  });

  it('E64: never reads properties of an HTTP client error that contain the request', () => {
    const error = Object.assign(new Error('Request failed with status code 401'), {
      name: 'AxiosError',
      code: 'ERR_BAD_REQUEST',
      config: { headers: { 'x-custom': CANARY }, data: CANARY, url: CANARY },
      request: { path: CANARY },
      response: { headers: { 'set-cookie': CANARY }, data: CANARY, status: 401 },
      body: CANARY,
      headers: { a: CANARY },
      toJSON: () => ({ leaked: CANARY }),
    });
    expect(text({ error, nested: { list: [error] } })).not.toContain(CANARY);
    expect(redact({ error }, false)).toEqual({
      error: {
        type: 'AxiosError',
        message: 'Request failed with status code 401',
        code: 'ERR_BAD_REQUEST',
      },
    });
  });

  it('keeps the message of the store for the operator at any depth of causes', () => {
    const store = new StoreError('unavailable', 'The database file cannot grow: free space.', {
      cause: new Error(CANARY),
    });
    const { error } = JSON.parse(text({ error: new Error('not saved', { cause: store }) }));
    expect(error.cause).toEqual([
      'StoreError unavailable: The database file cannot grow: free space.',
      'Error',
    ]);
  });

  it('names the causes of an error without their messages', () => {
    const cause = Object.assign(new TypeError(CANARY), { code: 'UND_ERR_SOCKET' });
    const error = new Error('fetch failed', { cause: new Error(CANARY, { cause }) });
    expect(redact({ error }, false)).toEqual({
      error: {
        type: 'Error',
        message: 'fetch failed',
        cause: ['Error', 'TypeError UND_ERR_SOCKET'],
      },
    });
  });

  it('does not quote the text that a JSON parser rejected', () => {
    let error: unknown;
    try {
      JSON.parse(`{"a": ${CANARY}}`);
    } catch (caught) {
      error = caught;
    }
    expect(text({ error })).not.toContain(CANARY);
  });

  it('keeps a stack only on request, and then only its frames', () => {
    const error = new Error(`failed\nsecond line code=${CANARY}`);
    expect(text({ error })).toContain('stack_trace');
    expect(text({ error })).not.toContain(CANARY);
    expect(JSON.stringify(redact({ error }, false))).not.toContain('stack_trace');
  });

  it('writes the class name of an instance instead of copying it', () => {
    const fields = {
      headers: new Headers({ a: CANARY }),
      server: createServer(),
      map: new Map([['a', CANARY]]),
      buffer: Buffer.from(CANARY),
      url: new URL(`https://user:${CANARY}@host/path?code=${CANARY}#${CANARY}`),
      at: new Date(0),
      run: () => CANARY,
    };
    expect(text(fields)).not.toContain(CANARY);
    expect(redact(fields, false)).toMatchObject({
      headers: '[Headers]',
      server: '[Server]',
      url: 'https://host/path',
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('limits depth, keys, items and length, and accepts cycles and getters that throw', () => {
    const circle: Record<string, unknown> = { name: 'x' };
    circle['self'] = circle;
    const deep = Array.from({ length: 20 }).reduce<object>((inner) => ({ inner }), {});
    const broken = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error(CANARY);
      },
    });
    const fields = {
      circle,
      deep,
      broken,
      long: 'x'.repeat(100_000),
      many: Array.from({ length: 10_000 }, () => 1),
      wide: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i])),
    };
    const line = text(fields);
    expect(line.length).toBeLessThan(10_000);
    expect(line).toContain('[circular]');
    expect(line).toContain('[too deep]');
    expect(line).toContain('[unreadable]');
  });

  it('never throws and always returns something that can be written as JSON', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string(),
          fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        ),
        (fields) => {
          expect(() => JSON.stringify(redact(fields, true))).not.toThrow();
        },
      ),
    );
  });
});
