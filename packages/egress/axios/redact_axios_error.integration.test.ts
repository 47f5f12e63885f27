import { inspect } from 'node:util';
import axios, { AxiosError } from 'axios';
import { afterEach, describe, expect, it } from 'vitest';
import type { Responder } from '../fixtures/loopback.ts';
import { createLoopbackFixture } from '../fixtures/loopback_fixture.ts';
import { failureOf } from '../fixtures/settings.ts';
import { redactAxiosError } from './redact_axios_error.ts';

const { server, egress, stopAll } = createLoopbackFixture();

afterEach(stopAll);

const CANARY = 'canary-5ecret';

const echo: Responder = ({ headers, body }, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ headers, body }));
};

/** Returns the error as text, printed in all common ways to log an error. */
function printed(error: unknown): string {
  const spread: unknown = typeof error === 'object' ? { ...error } : error;
  return [
    inspect(error, { depth: 9 }),
    JSON.stringify(error),
    JSON.stringify(spread),
    String(error),
  ].join();
}

describe('errors of an axios instance', () => {
  it.each([
    ['an HTTP status', '/status'],
    ['a broken connection', '/cut'],
    ['a timeout', '/hang'],
    ['a response that is not JSON', '/broken'],
    ['a refused redirect', '/redirect'],
  ])('E64: contain no credential, body or query after %s', async (_case, path) => {
    const { origin } = await server(({ url }, response) => {
      if (url.startsWith('/status')) response.writeHead(403).end(`{"echo":"${CANARY}"}`);
      else if (url.startsWith('/cut')) response.destroy();
      else if (url.startsWith('/broken')) response.end(`${CANARY.slice(0, 9)} no JSON`);
      else if (url.startsWith('/redirect'))
        response.writeHead(302, { location: 'https://evil.example/' }).end();
    });
    const client = egress().createAxiosInstance({
      timeout: 80,
      headers: { Authorization: `Bearer ${CANARY}`, 'X-Api-Key': CANARY },
      auth: { username: 'u', password: CANARY },
    });
    const failure = await failureOf(
      client.get(`${origin}${path}?key=${CANARY}`, {
        data: { secret: CANARY },
        params: { token: CANARY },
        responseType: 'json',
        transitional: { silentJSONParsing: false },
      }),
    );
    expect(failure).toBeInstanceOf(AxiosError);
    expect(printed(failure)).not.toContain(CANARY.slice(0, 9));
    expect((failure as AxiosError).config?.params).toEqual({ token: CANARY });
  });

  it('E64: are redacted AxiosErrors, whatever a hook throws', async () => {
    const { origin } = await server(echo);
    const paramsSerializer = () => {
      throw new TypeError('no params');
    };
    const failure = await failureOf(
      egress()
        .createAxiosInstance()
        .get(origin, { params: { a: 1 }, paramsSerializer }),
    );
    expect(failure).toBeInstanceOf(AxiosError);
    expect(failure).toMatchObject({ message: 'no params', code: 'ERR_BAD_REQUEST' });
  });

  it('E64: contain nothing of a request that was cancelled by signal or by token', async () => {
    const { origin } = await server(() => {});
    const client = egress().createAxiosInstance({ headers: { Authorization: CANARY } });
    const early = await failureOf(client.get(origin, { signal: AbortSignal.abort() }));
    const late = await failureOf(client.get(origin, { signal: AbortSignal.timeout(30) }));
    expect(axios.isCancel(early) && axios.isCancel(late)).toBe(true);
    expect(printed([early, late])).not.toContain(CANARY);
  });

  it('E65: expose no request header when a handler returns the whole response', async () => {
    const { origin } = await server((_request, response) => response.end('ok'));
    const client = egress().createAxiosInstance({ headers: { Authorization: CANARY } });
    const response = await client.get(origin);
    expect(JSON.stringify(response) + inspect(response)).not.toContain(CANARY);
    expect(response.config.headers.get('Authorization')).toBe(CANARY);
  });

  it('leave no subscription on a CancelToken that outlives the request', async () => {
    const { origin } = await server(echo);
    const { token } = axios.CancelToken.source();
    const subscribed = new Set<unknown>();
    const { subscribe, unsubscribe } = token;
    token.subscribe = (listener) => {
      subscribed.add(listener);
      subscribe.call(token, listener);
    };
    token.unsubscribe = (listener) => {
      subscribed.delete(listener);
      unsubscribe.call(token, listener);
    };
    await egress().createAxiosInstance().get(origin, { cancelToken: token });
    expect(subscribed.size).toBe(0);
  });

  it('E64: are redacted when another copy of axios created them; other values are unchanged', () => {
    const config = { url: `https://a.example/p?k=${CANARY}`, headers: { Authorization: CANARY } };
    const failure = new AxiosError('no', 'ERR_NETWORK', config as never);
    expect(redactAxiosError(failure)).toBe(failure);
    expect(printed(failure)).not.toContain(CANARY);
    expect(failure.toJSON()).toMatchObject({ url: 'https://a.example/p', code: 'ERR_NETWORK' });
    expect(redactAxiosError('text')).toBe('text');
  });
});
