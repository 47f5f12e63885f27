import axios, { AxiosError } from 'axios';
import { afterEach, describe, expect, it } from 'vitest';
import { findEgressError } from '../egress_error.ts';
import type { Responder } from '../fixtures/loopback.ts';
import { createLoopbackFixture } from '../fixtures/loopback_fixture.ts';
import { failureOf } from '../fixtures/settings.ts';

const { server, egress, stopAll } = createLoopbackFixture();

afterEach(stopAll);

const CANARY = 'canary-5ecret';

const echo: Responder = ({ headers, body }, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ headers, body }));
};

describe('the URL guard of an axios instance', () => {
  it.each([
    ['https://169.254.169.254/latest', 'address_not_allowed', 'ERR_BAD_REQUEST'],
    ['https://evil.example/', 'host_not_allowed', 'ERR_BAD_REQUEST'],
    ['http://evil.example/', 'host_not_allowed', 'ERR_BAD_REQUEST'],
    ['file:///etc/passwd', 'invalid_url', 'ERR_INVALID_URL'],
    ['/relative', 'invalid_url', 'ERR_INVALID_URL'],
  ])(
    'C42: rejects %s with an AxiosError whose cause is the EgressError %s',
    async (url, code, axiosCode) => {
      const allowedHosts = ['169.254.169.254', 'localhost'];
      const failure = await failureOf(egress({ allowedHosts }).createAxiosInstance().get(url));
      expect(failure).toMatchObject({ name: 'AxiosError', code: axiosCode });
      expect(findEgressError(failure)).toMatchObject({ code, responseLost: false });
    },
  );

  it.each(['//evil.example/x', '/..;/x', '@evil.example', '/x#@evil.example', '\\\\evil.example'])(
    'C46: keeps the host of baseURL for the path %s, or rejects the request',
    async (url) => {
      const { origin, seen } = await server(echo);
      const client = egress({ allowedHosts: ['localhost', 'evil.example'] }).createAxiosInstance({
        baseURL: `${origin}/v1`,
      });
      const outcome = await client.get(url).catch((error: unknown) => error);
      if (outcome instanceof AxiosError) expect(outcome.code).toBe('ERR_INVALID_URL');
      else expect(seen).toHaveLength(1);
    },
  );

  it('ignores another adapter, proxy or agent of a request', async () => {
    const allowedHosts = ['api.example.test'];
    const { origin, seen } = await server(echo);
    const client = egress({ allowedHosts }).createAxiosInstance();
    for (const config of [{ adapter: 'http' }, { adapter: 'fetch' }, { socketPath: '/tmp/x' }]) {
      await expect(client.get(origin, config)).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' });
    }
    expect(seen).toEqual([]);
  });

  it('never sends a Host, Proxy-Authorization or framing header of the caller', async () => {
    const { origin, port } = await server(echo);
    const { data } = await egress()
      .createAxiosInstance()
      .post(origin, 'x', {
        headers: {
          Host: 'evil.example',
          'Proxy-Authorization': 'Basic x',
          'Content-Length': '999',
          'Transfer-Encoding': 'chunked',
        },
      });
    expect(data.headers).toMatchObject({ host: `localhost:${port}`, 'content-length': '1' });
    expect(data.headers).not.toHaveProperty('proxy-authorization');
    expect(data.headers).not.toHaveProperty('transfer-encoding');
  });

  it.each([
    ['no limit', {}],
    ['"unlimited" limits', { timeout: 0, maxContentLength: -1 }],
    ['infinite limits', { timeout: 0, maxContentLength: Number.POSITIVE_INFINITY }],
  ])(
    'limits the time and the size of a response when the instance has %s',
    async (_case, config) => {
      const { origin } = await server(({ url }, response) => {
        if (url === '/big') response.end('x'.repeat(2000));
      });
      const small = egress({ maxResponseBytes: 1000 }).createAxiosInstance(config);
      await expect(small.get(`${origin}/big`)).rejects.toMatchObject({
        message: 'maxContentLength size of 1000 exceeded',
      });
      const quick = egress({ timeoutMs: 80 }).createAxiosInstance(config);
      await expect(quick.get(`${origin}/hang`)).rejects.toMatchObject({ code: 'ECONNABORTED' });
    },
  );

  it('returns the response headers in the error for a response that is too large', async () => {
    const { origin } = await server((_request, response) => response.end('x'.repeat(2000)));
    const client = egress().createAxiosInstance({ maxContentLength: 10 });
    const failure = findEgressError(await failureOf(client.get(origin)));
    expect(failure?.responseHeaders).toMatchObject({ 'content-length': '2000' });
  });
});

describe('credentials bound to origins', () => {
  it('C47: does not send a credential to an origin that is not in the list', async () => {
    const mine = await server(echo);
    const foreign = await server(echo);
    const options = { credentialOrigins: [`${mine.origin}/api`] };
    const anEgress = egress();
    for (const headers of [{ Authorization: 'Bearer x' }, { 'X-Api-Key': 'k' }, { Cookie: 'c' }]) {
      const client = anEgress.createAxiosInstance({ headers }, options);
      expect((await client.get(mine.origin)).status).toBe(200);
      const failure = await failureOf(client.get(foreign.origin));
      expect(findEgressError(failure)).toMatchObject({ code: 'credentials_not_allowed' });
    }
    const basic = anEgress.createAxiosInstance({ auth: { username: 'u', password: 'p' } }, options);
    await expect(basic.get(foreign.origin)).rejects.toBeInstanceOf(AxiosError);
    expect(foreign.seen).toEqual([]);
  });

  it('C47: sends a request without credentials to any allowed host', async () => {
    const foreign = await server(echo);
    const client = egress().createAxiosInstance(
      {},
      { credentialOrigins: ['https://mine.example'] },
    );
    expect((await client.get(foreign.origin)).status).toBe(200);
  });

  it('C48: follows a redirect to another origin only without the credential', async () => {
    const foreign = await server(echo);
    const mine = await server((_request, response) => {
      response.writeHead(302, { location: foreign.origin }).end();
    });
    const client = egress().createAxiosInstance(
      { headers: { Authorization: `Bearer ${CANARY}` } },
      { credentialOrigins: [mine.origin] },
    );
    const { data } = await client.get(mine.origin);
    expect(JSON.stringify(data)).not.toContain(CANARY);
  });

  it('C45, C47: treats a listed header as a credential, whatever its name', async () => {
    const foreign = await server(echo);
    const mine = await server((_request, response) => {
      response.writeHead(302, { location: foreign.origin }).end();
    });
    const client = egress().createAxiosInstance(
      { headers: { 'Accept-Language': CANARY, 'User-Agent': 'mine' } },
      { credentialOrigins: [mine.origin], credentialHeaders: ['Accept-Language'] },
    );
    const { data } = await client.get(mine.origin);
    expect(JSON.stringify(data)).not.toContain(CANARY);
    expect(JSON.stringify(mine.seen[0]?.headers)).toContain(CANARY);
    const direct = await failureOf(client.get(foreign.origin));
    expect(findEgressError(direct)).toMatchObject({ code: 'credentials_not_allowed' });
  });

  it('rejects a list entry that is not a URL', () => {
    expect(() => egress().createAxiosInstance({}, { credentialOrigins: ['api.example'] })).toThrow(
      expect.objectContaining({ code: 'invalid_url' }),
    );
  });
});

describe('isolation of axios instances', () => {
  it('F74, F75: no header of one instance reaches a request of another, on shared sockets under load', async () => {
    const { origin, connections } = await server(({ headers, body }, response) => {
      setTimeout(
        () => response.end(JSON.stringify({ as: headers.authorization ?? null, body })),
        Number(body) % 7,
      );
    });
    const anEgress = egress();
    const users = Array.from({ length: 20 }, (_, user) => ({
      user,
      client: anEgress.createAxiosInstance({ headers: { Authorization: `Bearer ${user}` } }),
    }));
    const calls = users.flatMap(({ user, client }) =>
      Array.from({ length: 15 }, async (_, call) => {
        if (call === 7) client.defaults.headers.common['Authorization'] = `Bearer new-${user}`;
        const { data } = await client.post(origin, String(call), { headers: { 'x-call': call } });
        expect([`Bearer ${user}`, `Bearer new-${user}`]).toContain(data.as);
        expect(data.body).toBe(String(call));
      }),
    );
    await Promise.all(
      calls.concat(
        Array.from({ length: 15 }, async () => {
          const { data } = await anEgress.createAxiosInstance().post(origin, '1');
          expect(data.as).toBeNull();
        }),
      ),
    );
    expect(connections()).toBeLessThanOrEqual(256);
  });

  it('F75: changing the defaults of one instance changes neither another instance nor axios', () => {
    const anEgress = egress();
    const shared = { headers: { common: { 'X-Shared': '1' } } };
    const [one, two] = [anEgress.createAxiosInstance(shared), anEgress.createAxiosInstance(shared)];
    one.defaults.headers.common['Authorization'] = 'Bearer one';
    one.interceptors.request.use((config) => config);
    expect(two.defaults.headers.common).not.toHaveProperty('Authorization');
    expect(axios.defaults.headers.common).not.toHaveProperty('Authorization');
    expect(shared.headers.common).toEqual({ 'X-Shared': '1' });
  });

  it('F74: reuses a socket for many callers, because a socket carries no identity', async () => {
    const { origin, connections } = await server(echo);
    const anEgress = egress();
    for (const token of 'abcdefgh') {
      const { data } = await anEgress
        .createAxiosInstance({ headers: { Authorization: token } })
        .get(origin);
      expect(data.headers.authorization).toBe(token);
    }
    // A socket becomes free only shortly after its response, so a second socket may be opened, but
    // never one per caller.
    expect(connections()).toBeLessThanOrEqual(2);
  });
});
