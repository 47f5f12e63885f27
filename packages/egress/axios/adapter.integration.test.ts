import http from 'node:http';
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import axios, {
  AxiosError,
  type AxiosInstance,
  CanceledError,
  type CreateAxiosDefaults,
} from 'axios';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEgress } from '../create_egress.ts';
import {
  type LoopbackServer,
  type Responder,
  startServer,
  startTcp,
} from '../fixtures/loopback.ts';
import { failureOf, someSettings } from '../fixtures/settings.ts';
import type { Egress } from '../types.ts';

/** Responds with the request that it received. Each path has its own behaviour. */
const respond: Responder = ({ method, url, headers, body }, response) => {
  const path = url.split('?')[0] ?? '';
  if (path.startsWith('/status/')) response.statusCode = Number(path.slice(8));
  if (path === '/redirect') {
    response.writeHead(302, { location: '/landed' }).end();
    return;
  }
  if (path === '/loop') {
    response.writeHead(302, { location: '/loop' }).end();
    return;
  }
  if (path === '/hang') return;
  if (path === '/big') {
    response.end('x'.repeat(5000));
    return;
  }
  if (path === '/text') {
    response.end('\ufeff{"not": "parsed"}');
    return;
  }
  if (path === '/broken') {
    response.end('{"broken');
    return;
  }
  if (path === '/gzip') {
    response.setHeader('content-encoding', 'gzip');
    response.end(zlib.gzipSync('{"zipped":true}'));
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.setHeader('x-multi', ['a', 'b']);
  response.end(JSON.stringify({ method, url, headers, body }));
};

let server: LoopbackServer;
let egress: Egress;

beforeAll(async () => {
  server = await startServer(respond);
  egress = createEgress(someSettings());
});
afterEach(() => {
  server.seen.length = 0;
});
afterAll(async () => {
  await egress.close();
  await server.stop();
});

type Make = (defaults?: CreateAxiosDefaults) => AxiosInstance;

const agent = new http.Agent({ keepAlive: false });
const makers: [string, Make][] = [
  ['axios on its own adapter', (defaults) => axios.create({ ...defaults, httpAgent: agent })],
  ['axios on egress', (defaults) => egress.createAxiosInstance(defaults)],
];

async function axiosFailure(promise: Promise<unknown>): Promise<AxiosError> {
  const failure = await failureOf(promise);
  if (!(failure instanceof AxiosError)) throw new Error(`no AxiosError: ${String(failure)}`);
  return failure;
}

/**
 * Runs the same tests with an instance of axios itself and with one of this egress, so that both
 * behave the same.
 */
describe.each(makers)('%s, for requests,', (_name, make) => {
  it('joins baseURL and url, and uses an absolute url as it is', async () => {
    const client = make({ baseURL: `${server.origin}/v1/` });
    expect((await client.get('/files')).data.url).toBe('/v1/files');
    expect((await client.get('files')).data.url).toBe('/v1/files');
    expect((await client.get(`${server.origin}/other`)).data.url).toBe('/other');
  });

  it('serialises params, and uses the paramsSerializer of the caller if it is set', async () => {
    const client = make({ baseURL: server.origin });
    const params = { q: "name contains 'a b'", list: [1, 2], skip: undefined, at: 'x:$,y' };
    const { data } = await client.get('/search?fixed=1#fragment', { params });
    // Quotes may be sent encoded or not. The server reads the same value.
    expect(decodeURIComponent(data.url)).toBe(
      "/search?fixed=1&q=name+contains+'a+b'&list[]=1&list[]=2&at=x:$,y",
    );
    const paramsSerializer = { serialize: () => 'custom=1' };
    expect((await client.get('/', { params, paramsSerializer })).data.url).toBe('/?custom=1');
  });

  it('sends objects as JSON, strings unchanged and forms as forms', async () => {
    const client = make({ baseURL: server.origin });
    const json = (await client.post('/', { a: 1 })).data;
    expect(json).toMatchObject({
      body: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    });
    const form = (await client.post('/', new URLSearchParams({ a: '1 2' }))).data;
    expect(form.body).toBe('a=1+2');
    expect(form.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    const text = await client.put('/', 'plain', { headers: { 'Content-Type': 'text/plain' } });
    expect(text.data).toMatchObject({ body: 'plain', headers: { 'content-length': '5' } });
  });

  it('sends buffers, typed arrays, blobs and streams', async () => {
    const client = make({ baseURL: server.origin });
    const bodies = [
      Buffer.from('buffer'),
      new TextEncoder().encode('typed').buffer,
      new Blob(['blob'], { type: 'text/plain' }),
      Readable.from(['str', 'eam']),
    ];
    const sent: string[] = [];
    for (const body of bodies) sent.push((await client.post('/', body)).data.body);
    expect(sent).toEqual(['buffer', 'typed', 'blob', 'stream']);
  });

  it('sends FormData and object forms as multipart with a boundary', async () => {
    const client = make({ baseURL: server.origin });
    const form = new FormData();
    form.set('name', 'value');
    for (const data of [
      (await client.post('/', form)).data,
      (await client.postForm('/', { name: 'value' })).data,
    ]) {
      const boundary = /boundary=(.+)$/.exec(data.headers['content-type'])?.[1];
      expect(data.body).toContain(`--${boundary}`);
      expect(data.body).toMatch(/name="name"\r\n\r\nvalue\r\n/);
    }
  });

  it('sends a body with DELETE, and uses auth for Basic', async () => {
    const client = make({ baseURL: server.origin, auth: { username: 'u', password: 'p' } });
    const { data } = await client.delete('/x', { data: { a: 1 } });
    expect(data).toMatchObject({
      method: 'DELETE',
      body: '{"a":1}',
      headers: { authorization: `Basic ${Buffer.from('u:p').toString('base64')}` },
    });
  });

  it('merges the headers of the method with the common ones, and omits headers set to false or undefined', async () => {
    const client = make({ baseURL: server.origin });
    client.defaults.headers.common['X-Common'] = 'c';
    client.defaults.headers.post['X-Post'] = 'p';
    const { data } = await client.post('/', {}, { headers: { 'x-common': 'own', Accept: false } });
    expect(data.headers).toMatchObject({ 'x-common': 'own', 'x-post': 'p' });
    expect(data.headers).not.toHaveProperty('accept');
    expect((await client.get('/')).data.headers).not.toHaveProperty('x-post');
  });

  it('runs transformRequest and transformResponse', async () => {
    const client = make({
      baseURL: server.origin,
      transformRequest: [(data: string) => `<${data}>`],
      transformResponse: [(data: string) => ({ wrapped: JSON.parse(data).body })],
    });
    expect((await client.post('/', 'x')).data).toEqual({ wrapped: '<x>' });
  });
});

describe.each(makers)('%s, for responses,', (_name, make) => {
  it('parses JSON by default and on request, and keeps other text', async () => {
    const client = make({ baseURL: server.origin });
    expect((await client.get('/')).data).toMatchObject({ method: 'GET' });
    expect((await client.get('/broken')).data).toBe('{"broken');
    expect((await client.get('/text', { responseType: 'text' })).data).toBe('{"not": "parsed"}');
    const transitional = { silentJSONParsing: false };
    const failure = await axiosFailure(
      client.get('/broken', { responseType: 'json', transitional }),
    );
    expect(failure.code).toBe('ERR_BAD_RESPONSE');
  });

  it('returns a Buffer for arraybuffer and a Readable for stream', async () => {
    const client = make({ baseURL: server.origin });
    const { data } = await client.get('/big', { responseType: 'arraybuffer' });
    expect(Buffer.isBuffer(data) && data.length).toBe(5000);
    const stream: AsyncIterable<Buffer> = (await client.get('/big', { responseType: 'stream' }))
      .data;
    let length = 0;
    for await (const chunk of stream) length += chunk.length;
    expect(length).toBe(5000);
  });

  it('decompresses unless decompress is false', async () => {
    const client = make({ baseURL: server.origin });
    const unzipped = await client.get('/gzip');
    expect(unzipped.data).toEqual({ zipped: true });
    expect(unzipped.headers['content-encoding']).toBeUndefined();
    const raw = await client.get('/gzip', { decompress: false, responseType: 'arraybuffer' });
    expect(zlib.gunzipSync(raw.data).toString()).toBe('{"zipped":true}');
  });

  it('returns status, case-insensitive headers, config and the URL of the response', async () => {
    const response = await make({ baseURL: server.origin }).get('/redirect?x');
    expect(response).toMatchObject({ status: 200, statusText: 'OK' });
    expect(response.headers['content-type']).toBe('application/json');
    expect((response.headers as { get(name: string): unknown }).get('Content-Type')).toBe(
      'application/json',
    );
    expect(response.config.url).toBe('/redirect?x');
    expect(response.request.res.responseUrl).toBe(`${server.origin}/landed`);
  });

  it.each([
    [404, 'ERR_BAD_REQUEST'],
    [500, 'ERR_BAD_RESPONSE'],
  ])(
    'rejects a response with status %d with the code %s and the parsed body',
    async (status, code) => {
      const failure = await axiosFailure(make({ baseURL: server.origin }).get(`/status/${status}`));
      expect(failure).toMatchObject({
        code,
        status,
        message: `Request failed with status code ${status}`,
        response: { status, data: { method: 'GET' } },
      });
    },
  );

  it('resolves only for a status that validateStatus of the caller accepts', async () => {
    const client = make({ baseURL: server.origin });
    expect((await client.get('/status/404', { validateStatus: null })).status).toBe(404);
    const failure = await axiosFailure(client.get('/', { validateStatus: (s) => s === 201 }));
    expect(failure.response?.status).toBe(200);
  });

  it('follows redirects by default, returns them for maxRedirects 0, and stops a loop', async () => {
    const client = make({ baseURL: server.origin });
    expect((await client.get('/redirect')).data.url).toBe('/landed');
    const failure = await axiosFailure(client.get('/redirect', { maxRedirects: 0 }));
    expect(failure.response).toMatchObject({ status: 302, headers: { location: '/landed' } });
    const loop = await axiosFailure(client.get('/loop', { maxRedirects: 2 }));
    expect(loop.code).toBe('ERR_FR_TOO_MANY_REDIRECTS');
  });

  it('calls beforeRedirect, which may reject the redirect by throwing', async () => {
    const client = make({ baseURL: server.origin });
    const hops: unknown[] = [];
    await client.get('/redirect', {
      beforeRedirect: (options, details) => hops.push([options['href'], details['statusCode']]),
    });
    expect(hops).toEqual([[`${server.origin}/landed`, 302]]);
    const beforeRedirect = () => {
      throw new Error('not there');
    };
    const failure = await failureOf(client.get('/redirect', { beforeRedirect }));
    expect(failure).toMatchObject({ message: expect.stringContaining('not there') });
  });
});

describe.each(makers)('%s, for limits and cancellation,', (_name, make) => {
  it('reports a timeout like axios', async () => {
    const client = make({ baseURL: server.origin, timeout: 60 });
    expect(await axiosFailure(client.get('/hang'))).toMatchObject({
      code: 'ECONNABORTED',
      message: 'timeout of 60ms exceeded',
    });
    const clear = { transitional: { clarifyTimeoutError: true }, timeoutErrorMessage: 'too slow' };
    expect(await axiosFailure(client.get('/hang', clear))).toMatchObject({
      code: 'ETIMEDOUT',
      message: 'too slow',
    });
  });

  it('enforces maxContentLength and maxBodyLength with the codes and messages of axios', async () => {
    const client = make({ baseURL: server.origin, maxContentLength: 1000, maxBodyLength: 10 });
    expect(await axiosFailure(client.get('/big'))).toMatchObject({
      code: 'ERR_BAD_RESPONSE',
      message: 'maxContentLength size of 1000 exceeded',
    });
    expect(await axiosFailure(client.post('/', 'x'.repeat(11)))).toMatchObject({
      code: 'ERR_BAD_REQUEST',
      message: 'Request body larger than maxBodyLength limit',
    });
    expect(server.seen.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('rejects with a CanceledError after abort, before and while the request runs', async () => {
    const client = make({ baseURL: server.origin });
    const controller = new AbortController();
    const running = client.get('/hang', { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    const failure = await failureOf(running);
    expect(axios.isCancel(failure)).toBe(true);
    expect(failure).toMatchObject({ code: 'ERR_CANCELED', name: 'CanceledError' });
    await expect(client.get('/', { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(
      CanceledError,
    );
  });

  it('rejects with the reason of a CancelToken', async () => {
    const source = axios.CancelToken.source();
    const running = make({ baseURL: server.origin }).get('/hang', { cancelToken: source.token });
    setTimeout(() => source.cancel('enough'), 20);
    const failure = await failureOf(running);
    expect(axios.isCancel(failure)).toBe(true);
    expect(failure).toMatchObject({ message: 'enough', code: 'ERR_CANCELED' });
  });

  it('repeats a failed request when a response interceptor passes error.config to the instance', async () => {
    const client = make({ baseURL: server.origin });
    client.interceptors.response.use(undefined, async (error: AxiosError) => {
      const { config } = error;
      if (config === undefined || error.response?.status !== 401) throw error;
      config.url = '/';
      config.headers.set('Authorization', 'Bearer fresh');
      return client(config);
    });
    const { data } = await client.post(
      '/status/401',
      { a: 1 },
      { headers: { Authorization: 'Bearer old' } },
    );
    expect(data).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
      headers: { authorization: 'Bearer fresh', 'content-type': 'application/json' },
    });
  });

  it('runs interceptors in the order of axios, even if some are asynchronous', async () => {
    const client = make({ baseURL: server.origin });
    const order: string[] = [];
    client.interceptors.request.use(async (config) => {
      order.push('first added');
      return config;
    });
    client.interceptors.request.use((config) => {
      order.push('last added');
      config.headers.set('x-late', 'yes');
      return config;
    });
    client.interceptors.response.use((response) => {
      order.push('response');
      return response;
    });
    const { data } = await client.get('/');
    expect(order).toEqual(['last added', 'first added', 'response']);
    expect(data.headers['x-late']).toBe('yes');
  });

  it.each([
    ['a refused connection', 'ECONNREFUSED'],
    ['a reset', 'ECONNRESET'],
  ])('rejects %s with the code %s, as axios does', async (_case, code) => {
    const peer = await startTcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    if (code === 'ECONNREFUSED') await peer.stop();
    const failure = await axiosFailure(make().get(peer.origin.replace('localhost', '127.0.0.1')));
    expect(failure.code).toBe(code);
    expect(failure.response).toBeUndefined();
    await peer.stop();
  });
});
