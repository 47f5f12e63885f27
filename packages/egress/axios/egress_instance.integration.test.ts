import { Readable, Stream } from 'node:stream';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import axios, { AxiosError } from 'axios';
import { createEgress } from '../create_egress.ts';
import { findEgressError } from '../egress_error.ts';
import { type LoopbackServer, type Responder, startServer } from '../fixtures/loopback.ts';
import { failureOf, someSettings } from '../fixtures/settings.ts';
import type { Egress, EgressSettings } from '../types.ts';
import { redactAxiosError } from './redact_axios_error.ts';

const running: { stop(): Promise<void> }[] = [];
const CANARY = 'canary-5ecret';

async function server(respond: Responder): Promise<LoopbackServer> {
  const started = await startServer(respond);
  running.push(started);
  return started;
}

function egress(over: Partial<EgressSettings> = {}): Egress {
  const made = createEgress(someSettings(over));
  running.push({ stop: () => made.close() });
  return made;
}

const echo: Responder = ({ headers, body }, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ headers, body }));
};

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

/** Every way an error usually reaches a log. */
function printed(error: unknown): string {
  const spread: unknown = typeof error === 'object' ? { ...error } : error;
  return [
    inspect(error, { depth: 9 }),
    JSON.stringify(error),
    JSON.stringify(spread),
    String(error),
  ].join();
}

describe('leakage', () => {
  it.each([
    ['an HTTP status', '/status'],
    ['a broken connection', '/cut'],
    ['a timeout', '/hang'],
    ['an answer that is no JSON', '/broken'],
    ['a refused redirect', '/redirect'],
  ])('E64: shows no credential, body or query in an error for %s', async (_case, path) => {
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

  it('E64: makes an AxiosError of whatever a hook throws', async () => {
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

  it('E64: shows nothing of a cancelled request, whoever cancelled it first', async () => {
    const { origin } = await server(() => {});
    const client = egress().createAxiosInstance({ headers: { Authorization: CANARY } });
    const early = await failureOf(client.get(origin, { signal: AbortSignal.abort() }));
    const late = await failureOf(client.get(origin, { signal: AbortSignal.timeout(30) }));
    expect(axios.isCancel(early) && axios.isCancel(late)).toBe(true);
    expect(printed([early, late])).not.toContain(CANARY);
  });

  it('E65: a handler that returns the whole response hands out no request header', async () => {
    const { origin } = await server((_request, response) => response.end('ok'));
    const client = egress().createAxiosInstance({ headers: { Authorization: CANARY } });
    const response = await client.get(origin);
    expect(JSON.stringify(response) + inspect(response)).not.toContain(CANARY);
    expect(response.config.headers.get('Authorization')).toBe(CANARY);
  });

  it('E64: redacts errors of a foreign axios and leaves other values alone', () => {
    const config = { url: `https://a.example/p?k=${CANARY}`, headers: { Authorization: CANARY } };
    const failure = new AxiosError('no', 'ERR_NETWORK', config as never);
    expect(redactAxiosError(failure)).toBe(failure);
    expect(printed(failure)).not.toContain(CANARY);
    expect(failure.toJSON()).toMatchObject({ url: 'https://a.example/p', code: 'ERR_NETWORK' });
    expect(redactAxiosError('text')).toBe('text');
  });
});

describe('guard behind axios', () => {
  it.each([
    ['https://169.254.169.254/latest', 'address_not_allowed', 'ERR_BAD_REQUEST'],
    ['https://evil.example/', 'host_not_allowed', 'ERR_BAD_REQUEST'],
    ['http://evil.example/', 'host_not_allowed', 'ERR_BAD_REQUEST'],
    ['file:///etc/passwd', 'invalid_url', 'ERR_INVALID_URL'],
    ['/relative', 'invalid_url', 'ERR_INVALID_URL'],
  ])(
    'C42: refuses %s as an AxiosError with the EgressError %s behind it',
    async (url, code, axiosCode) => {
      const allowedHosts = ['169.254.169.254', 'localhost'];
      const failure = await failureOf(egress({ allowedHosts }).createAxiosInstance().get(url));
      expect(failure).toMatchObject({ name: 'AxiosError', code: axiosCode });
      expect(findEgressError(failure)).toMatchObject({ code, answerLost: false });
    },
  );

  it.each(['//evil.example/x', '/..;/x', '@evil.example', '/x#@evil.example', '\\\\evil.example'])(
    'C46: keeps the host of baseURL for the path %s, or refuses',
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

  it('cannot be left by another adapter, proxy or agent of a request', async () => {
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
    ['nothing', {}],
    ['"unlimited"', { timeout: 0, maxContentLength: -1 }],
    ['infinite', { timeout: 0, maxContentLength: Number.POSITIVE_INFINITY }],
  ])('bounds time and size when the instance says %s', async (_case, config) => {
    const { origin } = await server(({ url }, response) => {
      if (url === '/big') response.end('x'.repeat(2000));
    });
    const small = egress({ maxResponseBytes: 1000 }).createAxiosInstance(config);
    await expect(small.get(`${origin}/big`)).rejects.toMatchObject({
      message: 'maxContentLength size of 1000 exceeded',
    });
    const quick = egress({ timeoutMs: 80 }).createAxiosInstance(config);
    await expect(quick.get(`${origin}/hang`)).rejects.toMatchObject({ code: 'ECONNABORTED' });
  });

  it('tells which headers a too large answer had', async () => {
    const { origin } = await server((_request, response) => response.end('x'.repeat(2000)));
    const client = egress().createAxiosInstance({ maxContentLength: 10 });
    const failure = findEgressError(await failureOf(client.get(origin)));
    expect(failure?.responseHeaders).toMatchObject({ 'content-length': '2000' });
  });
});

describe('credentials bound to origins', () => {
  it('C47: refuses to send a credential to an origin it does not belong to', async () => {
    const mine = await server(echo);
    const foreign = await server(echo);
    const options = { credentialOrigins: [`${mine.origin}/api`] };
    const door = egress();
    for (const headers of [{ Authorization: 'Bearer x' }, { 'X-Api-Key': 'k' }, { Cookie: 'c' }]) {
      const client = door.createAxiosInstance({ headers }, options);
      expect((await client.get(mine.origin)).status).toBe(200);
      const failure = await failureOf(client.get(foreign.origin));
      expect(findEgressError(failure)).toMatchObject({ code: 'credentials_not_allowed' });
    }
    const basic = door.createAxiosInstance({ auth: { username: 'u', password: 'p' } }, options);
    await expect(basic.get(foreign.origin)).rejects.toBeInstanceOf(AxiosError);
    expect(foreign.seen).toEqual([]);
  });

  it('C47: lets a request without credentials go anywhere that is allowed', async () => {
    const foreign = await server(echo);
    const client = egress().createAxiosInstance(
      {},
      { credentialOrigins: ['https://mine.example'] },
    );
    expect((await client.get(foreign.origin)).status).toBe(200);
  });

  it('C48: follows a redirect to a foreign origin only without the credential', async () => {
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

  it('refuses a list entry that is no URL', () => {
    expect(() => egress().createAxiosInstance({}, { credentialOrigins: ['api.example'] })).toThrow(
      expect.objectContaining({ code: 'invalid_url' }),
    );
  });
});

describe('isolation', () => {
  it('F74, F75: no header of one instance reaches a request of another, on shared sockets under load', async () => {
    const { origin, connections } = await server(({ headers, body }, response) => {
      setTimeout(
        () => response.end(JSON.stringify({ as: headers.authorization ?? null, body })),
        Number(body) % 7,
      );
    });
    const door = egress();
    const people = Array.from({ length: 20 }, (_, person) => ({
      person,
      client: door.createAxiosInstance({ headers: { Authorization: `Bearer ${person}` } }),
    }));
    const calls = people.flatMap(({ person, client }) =>
      Array.from({ length: 15 }, async (_, call) => {
        if (call === 7) client.defaults.headers.common['Authorization'] = `Bearer new-${person}`;
        const { data } = await client.post(origin, String(call), { headers: { 'x-call': call } });
        expect([`Bearer ${person}`, `Bearer new-${person}`]).toContain(data.as);
        expect(data.body).toBe(String(call));
      }),
    );
    await Promise.all(
      calls.concat(
        Array.from({ length: 15 }, async () => {
          const { data } = await door.createAxiosInstance().post(origin, '1');
          expect(data.as).toBeNull();
        }),
      ),
    );
    expect(connections()).toBeLessThanOrEqual(256);
  });

  it('F75: changing the defaults of one instance changes neither another nor axios itself', () => {
    const door = egress();
    const shared = { headers: { common: { 'X-Shared': '1' } } };
    const [one, two] = [door.createAxiosInstance(shared), door.createAxiosInstance(shared)];
    one.defaults.headers.common['Authorization'] = 'Bearer one';
    one.interceptors.request.use((config) => config);
    expect(two.defaults.headers.common).not.toHaveProperty('Authorization');
    expect(axios.defaults.headers.common).not.toHaveProperty('Authorization');
    expect(shared.headers.common).toEqual({ 'X-Shared': '1' });
  });

  it('F74: reuses a socket for many callers, as it carries no identity', async () => {
    const { origin, connections } = await server(echo);
    const door = egress();
    for (const token of 'abcdefgh') {
      const { data } = await door
        .createAxiosInstance({ headers: { Authorization: token } })
        .get(origin);
      expect(data.headers.authorization).toBe(token);
    }
    // A socket counts as free a moment after its answer, so a second one may be opened; never one per caller.
    expect(connections()).toBeLessThanOrEqual(2);
  });
});

describe('repeating a body', () => {
  const unauthorizedOnce = (): Responder => {
    let calls = 0;
    return (_request, response) => {
      calls += 1;
      response.writeHead(calls === 1 ? 401 : 200).end();
    };
  };

  async function postTwice(door: Egress, origin: string, data: unknown): Promise<unknown> {
    const client = door.createAxiosInstance({ headers: { 'Idempotency-Key': 'k-1' } });
    client.interceptors.response.use(undefined, (error: AxiosError) => {
      if (error.response?.status === 401 && error.config) return client(error.config);
      throw error;
    });
    return client.post(origin, data);
  }

  it('G102: refuses to repeat a consumed stream instead of sending half a body', async () => {
    const { origin, seen } = await server(unauthorizedOnce());
    const failure = await failureOf(postTwice(egress(), origin, Readable.from(['a', 'b'])));
    expect(failure).toBeInstanceOf(AxiosError);
    expect(findEgressError(failure)).toMatchObject({
      code: 'body_not_replayable',
      answerLost: false,
    });
    expect(seen.map(({ body }) => body)).toEqual(['ab']);
  });

  it('G102: refuses a web stream the second time', async () => {
    const { origin, seen } = await server(unauthorizedOnce());
    const failure = await failureOf(postTwice(egress(), origin, new Blob(['abc']).stream()));
    expect(findEgressError(failure)).toMatchObject({ code: 'body_not_replayable' });
    expect(seen.map(({ body }) => body)).toEqual(['abc']);
  });

  it('G102: refuses an old-style stream the second time, though it cannot be asked', async () => {
    const { origin, seen } = await server(unauthorizedOnce());
    const legacy = new Stream();
    const pipe = legacy.pipe.bind(legacy);
    legacy.pipe = (sink) => {
      process.nextTick(() => {
        legacy.emit('data', 'old');
        legacy.emit('end');
      });
      return pipe(sink);
    };
    const failure = await failureOf(postTwice(egress(), origin, legacy));
    expect(findEgressError(failure)).toMatchObject({ code: 'body_not_replayable' });
    expect(seen.map(({ body }) => body)).toEqual(['old']);
  });

  it('G102: refuses a stream that somebody else has begun to read', async () => {
    const { origin, seen } = await server(echo);
    const stream = Readable.from(['a', 'b']);
    await stream[Symbol.asyncIterator]().next();
    const failure = await failureOf(egress().createAxiosInstance().post(origin, stream));
    expect(findEgressError(failure)).toMatchObject({ code: 'body_not_replayable' });
    expect(seen).toEqual([]);
  });

  it.each([
    ['JSON', () => ({ a: 1 })],
    ['a form', () => new URLSearchParams({ a: '1' })],
    ['a Buffer', () => Buffer.from('a')],
    ['a Blob', () => new Blob(['a'])],
  ])('G102: repeats %s byte for byte with its idempotency key', async (_case, body) => {
    const { origin, seen } = await server(unauthorizedOnce());
    await postTwice(egress(), origin, body());
    expect(seen).toHaveLength(2);
    expect(seen[1]?.body).toBe(seen[0]?.body);
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['k-1', 'k-1']);
  });

  it('G102: repeats multipart forms, also those axios builds from an object', async () => {
    const { origin, seen } = await server(unauthorizedOnce());
    const door = egress();
    const form = new FormData();
    form.set('file', new Blob(['content']), 'a.txt');
    await postTwice(door, origin, form);
    expect(seen.map(({ body }) => body.includes('content'))).toEqual([true, true]);
  });

  it('cuts a stream at maxBodyLength', async () => {
    const { origin } = await server(echo);
    const client = egress().createAxiosInstance({ maxBodyLength: 10 });
    const failure = await failureOf(client.post(origin, Readable.from(['x'.repeat(11)])));
    expect(failure).toMatchObject({ message: 'Request body larger than maxBodyLength limit' });
  });

  it('reports a stream that fails while it is sent', async () => {
    const { origin } = await server(echo);
    const broken = new Readable({
      read() {
        this.destroy(new Error('disk'));
      },
    });
    await expect(egress().createAxiosInstance().post(origin, broken)).rejects.toBeInstanceOf(
      AxiosError,
    );
  });
});
