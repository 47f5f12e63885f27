import { Readable, Stream } from 'node:stream';
import { AxiosError } from 'axios';
import { afterEach, describe, expect, it } from 'vitest';
import { findEgressError } from '../egress_error.ts';
import type { LoopbackServer, Responder } from '../fixtures/loopback.ts';
import { createLoopbackFixture } from '../fixtures/loopback_fixture.ts';
import { failureOf } from '../fixtures/settings.ts';
import type { Egress } from '../types.ts';

const { server, tcp, egress, stopAll } = createLoopbackFixture();

afterEach(stopAll);

const echo: Responder = ({ headers, body }, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ headers, body }));
};

describe('the repetition of a body', () => {
  const unauthorizedOnce = (): Responder => {
    let calls = 0;
    return (_request, response) => {
      calls += 1;
      response.writeHead(calls === 1 ? 401 : 200).end();
    };
  };

  /** Sends a long response before it reads the request. */
  function startEarlyResponse(): Promise<LoopbackServer> {
    return tcp((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 413 No\r\ncontent-length: 5000\r\n\r\n'));
    });
  }

  async function postTwice(anEgress: Egress, origin: string, data: unknown): Promise<unknown> {
    const client = anEgress.createAxiosInstance({ headers: { 'Idempotency-Key': 'k-1' } });
    client.interceptors.response.use(undefined, (error: AxiosError) => {
      if (error.response?.status === 401 && error.config) return client(error.config);
      throw error;
    });
    return client.post(origin, data);
  }

  it('G102: rejects a retry with a consumed stream instead of sending half a body', async () => {
    const { origin, seen } = await server(unauthorizedOnce());
    const failure = await failureOf(postTwice(egress(), origin, Readable.from(['a', 'b'])));
    expect(failure).toBeInstanceOf(AxiosError);
    expect(findEgressError(failure)).toMatchObject({
      code: 'body_not_replayable',
      responseLost: false,
    });
    expect(seen.map(({ body }) => body)).toEqual(['ab']);
  });

  it('G102: rejects a web stream the second time', async () => {
    const { origin, seen } = await server(unauthorizedOnce());
    const failure = await failureOf(postTwice(egress(), origin, new Blob(['abc']).stream()));
    expect(findEgressError(failure)).toMatchObject({ code: 'body_not_replayable' });
    expect(seen.map(({ body }) => body)).toEqual(['abc']);
  });

  it('G102: rejects a legacy stream the second time, although such a stream does not tell whether it was read', async () => {
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

  it('G102: rejects a stream that another reader has started to read', async () => {
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

  it('G102: repeats multipart forms, also forms that axios creates from an object', async () => {
    const { origin, seen } = await server(unauthorizedOnce());
    const anEgress = egress();
    const form = new FormData();
    form.set('file', new Blob(['content']), 'a.txt');
    await postTwice(anEgress, origin, form);
    expect(seen.map(({ body }) => body.includes('content'))).toEqual([true, true]);
  });

  it('stops a stream at maxBodyLength', async () => {
    const { origin } = await server(echo);
    const client = egress().createAxiosInstance({ maxBodyLength: 10 });
    const failure = await failureOf(client.post(origin, Readable.from(['x'.repeat(11)])));
    expect(failure).toMatchObject({ message: 'Request body larger than maxBodyLength limit' });
  });

  it('stops reading the stream of a body once the call has failed', async () => {
    const { origin } = await startEarlyResponse();
    const endless = new Readable({
      read() {
        setImmediate(() => this.push('x'));
      },
    });
    const client = egress().createAxiosInstance({ maxContentLength: 10 });
    await expect(client.post(origin, endless)).rejects.toMatchObject({ code: 'ERR_BAD_RESPONSE' });
    expect(endless.destroyed).toBe(true);
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
