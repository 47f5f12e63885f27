import zlib from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress } from '../create_egress.ts';
import { EgressError } from '../egress_error.ts';
import { startServer } from '../fixtures/loopback.ts';
import { createLoopbackFixture } from '../fixtures/loopback_fixture.ts';
import { failureOf, someSettings } from '../fixtures/settings.ts';

const { server, egress, stopAll } = createLoopbackFixture();

afterEach(stopAll);

describe('fetch of egress', () => {
  it('sends a form and returns a Response with its body', async () => {
    const { origin, seen } = await server((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end('{"access_token":"t"}');
    });
    const response = await egress().fetch(`${origin}/token?x=1#frag`, {
      method: 'POST',
      headers: { Accept: 'application/json' },
      body: new URLSearchParams({ grant_type: 'refresh_token' }),
    });
    expect(response).toBeInstanceOf(Response);
    expect(response.url).toBe(`${origin}/token?x=1#frag`);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.json()).toEqual({ access_token: 't' });
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/token?x=1',
      body: 'grant_type=refresh_token',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      },
    });
  });

  it('keeps no cookie between calls', async () => {
    const { origin, seen } = await server((_request, response) => {
      response.setHeader('set-cookie', 'sid=1');
      response.end();
    });
    const anEgress = egress();
    await anEgress.fetch(origin);
    await anEgress.fetch(origin);
    expect(seen.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined]);
  });

  it('sends the host of the URL, whatever Host header the caller sets', async () => {
    const { origin, seen, port } = await server((_request, response) => response.end());
    await egress().fetch(origin, { headers: { Host: 'evil.example' } });
    expect(seen[0]?.headers.host).toBe(`localhost:${port}`);
  });

  it.each(['gzip', 'br', 'deflate'])('decodes %s and drops the content-length', async (coding) => {
    const compress = {
      gzip: zlib.gzipSync,
      br: zlib.brotliCompressSync,
      deflate: zlib.deflateSync,
    };
    const { origin } = await server((_request, response) => {
      response.setHeader('content-encoding', coding);
      response.end(compress[coding as keyof typeof compress]('hello'));
    });
    const response = await egress().fetch(origin);
    expect(await response.text()).toBe('hello');
    expect(response.headers.has('content-encoding')).toBe(false);
    expect(response.headers.has('content-length')).toBe(false);
  });

  it('returns a 204 without a body, and a 304 without a body when redirects are followed', async () => {
    const { origin } = await server(({ url }, response) => {
      response.writeHead(Number(url.slice(1))).end();
    });
    const anEgress = egress();
    expect((await anEgress.fetch(`${origin}/204`)).body).toBeNull();
    expect((await anEgress.fetch(`${origin}/304`, { redirect: 'follow' })).body).toBeNull();
    await expect(anEgress.fetch(`${origin}/304`)).rejects.toMatchObject({
      code: 'redirect_refused',
    });
  });
});

describe('fetch of egress, for addresses,', () => {
  it('C43: connects to the checked address even if DNS changes after the check', async () => {
    const { origin, connections } = await server((_request, response) => response.end('ok'));
    const responses = ['127.0.0.1', '169.254.169.254'];
    const asked: string[] = [];
    const anEgress = egress({
      lookup: async (hostname) => {
        asked.push(hostname);
        return [{ address: responses[asked.length - 1] ?? '169.254.169.254', family: 4 }];
      },
    });
    const uri = origin.replace('localhost', 'api.example.test');
    expect(await (await anEgress.fetch(uri)).text()).toBe('ok');
    expect(asked).toEqual(['api.example.test']);
    expect(connections()).toBe(1);
  });

  it('C43: opens no socket when the second DNS response is private', async () => {
    const { port, connections } = await server((_request, response) => response.end('ok'));
    const anEgress = egress({ allowedHosts: ['*'] });
    const uri = `https://rebind.example.test:${port}/`;
    anEgress.ensureUriAllowed(uri);
    await expect(anEgress.fetch(uri)).rejects.toMatchObject({
      code: 'address_not_allowed',
      responseLost: false,
    });
    expect(connections()).toBe(0);
  });

  it('C42: returns a rejected promise for a metadata address and opens no socket', async () => {
    const promise = egress({ allowedHosts: ['*'] }).fetch('https://[::ffff:169.254.169.254]/');
    await expect(promise).rejects.toMatchObject({
      code: 'address_not_allowed',
      responseLost: false,
    });
  });

  it('C41: rejects http to a host that only the allow-list entry * allows', async () => {
    const anEgress = egress({ allowedHosts: ['*'] });
    await expect(anEgress.fetch('http://example.com/')).rejects.toMatchObject({
      code: 'https_required',
    });
  });
});

describe('fetch of egress, for redirects,', () => {
  it.each([301, 302, 303, 307, 308])(
    'C44: rejects a redirect with status %d of a token endpoint',
    async (status) => {
      const { origin, seen } = await server((_request, response) => {
        response.writeHead(status, { location: '/elsewhere' }).end();
      });
      const failure = await failureOf(
        egress().fetch(`${origin}/token`, { method: 'POST', body: 'x' }),
      );
      expect(failure).toMatchObject({ code: 'redirect_refused', responseLost: false });
      expect(seen).toHaveLength(1);
    },
  );

  it('sends the product name as user agent unless the request sets another', async () => {
    const { origin, seen } = await server((_request, response) => response.end());
    const anEgress = egress({ userAgent: 'Latchkey/1.2.3' });
    const client = anEgress.createAxiosInstance();
    await anEgress.fetch(origin);
    await client.get(origin);
    await anEgress.fetch(origin, { headers: { 'User-Agent': 'mine' } });
    await client.get(origin, { headers: { 'User-Agent': 'mine' } });
    const agents = seen.map(({ headers }) => headers['user-agent']);
    expect(agents).toEqual(['Latchkey/1.2.3', 'Latchkey/1.2.3', 'mine', 'mine']);
  });

  it('C45: sends no Authorization, cookies or keys to another origin', async () => {
    const target = await server((_request, response) => response.end('target'));
    const here = await server((_request, response) => {
      response.writeHead(302, { location: `${target.origin}/x` }).end();
    });
    const response = await egress().fetch(here.origin, {
      redirect: 'follow',
      headers: { Authorization: 'Bearer x', Cookie: 'c=1', 'X-Api-Key': 'k', Accept: 'text/plain' },
    });
    expect(await response.text()).toBe('target');
    const names = Object.keys(target.seen[0]?.headers ?? {});
    expect(names.sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
  });

  it.each([307, 308])(
    'C45: sends no body to another origin after a redirect with status %d',
    async (status) => {
      const target = await server((_request, response) => response.end());
      const here = await server((_request, response) => {
        response.writeHead(status, { location: target.origin }).end();
      });
      const init = { method: 'POST', body: 'secret', redirect: 'follow' } as const;
      await expect(egress().fetch(here.origin, init)).rejects.toMatchObject({
        code: 'redirect_refused',
      });
      expect(target.connections()).toBe(0);
    },
  );

  it.each([
    ['http://169.254.169.254/', 'host_not_allowed'],
    ['file:///etc/passwd', 'invalid_url'],
    ['https://evil.example/', 'host_not_allowed'],
    ['https://u:p@localhost/', 'invalid_url'],
    ['http://[bad', 'redirect_refused'],
  ])('C45: checks the URL of every redirect and rejects %s', async (location, code) => {
    const { origin } = await server((_request, response) => {
      response.writeHead(302, { location }).end();
    });
    await expect(egress().fetch(origin, { redirect: 'follow' })).rejects.toMatchObject({
      code,
      responseLost: false,
    });
  });

  it('follows five redirects and no more', async () => {
    const { origin, seen } = await server(({ url }, response) => {
      const left = Number(url.slice(1));
      if (left === 0) response.end('arrived');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    const anEgress = egress();
    const response = await anEgress.fetch(`${origin}/5`, { redirect: 'follow' });
    expect(await response.text()).toBe('arrived');
    seen.length = 0;
    await expect(anEgress.fetch(`${origin}/6`, { redirect: 'follow' })).rejects.toMatchObject({
      code: 'too_many_redirects',
    });
    expect(seen).toHaveLength(6);
  });

  it('C45: reports a lost response when the target of a redirect cannot be reached', async () => {
    const gone = await startServer((_request, response) => response.end());
    await gone.stop();
    const { origin } = await server((_request, response) => {
      response.writeHead(303, { location: gone.origin }).end();
    });
    const init = { method: 'POST', body: 'x', redirect: 'follow' } as const;
    await expect(egress().fetch(origin, init)).rejects.toMatchObject({
      code: 'connection_failed',
      responseLost: true,
    });
  });

  it('follows a redirected POST with GET and a 307 with the same body', async () => {
    const { origin, seen } = await server(({ url }, response) => {
      if (url === '/done') response.end();
      else response.writeHead(Number(url.slice(1)), { location: '/done' }).end();
    });
    const anEgress = egress();
    const init = { method: 'POST', body: 'b', redirect: 'follow' } as const;
    await anEgress.fetch(`${origin}/303`, init);
    await anEgress.fetch(`${origin}/307`, init);
    const arrived = seen.filter(({ url }) => url === '/done');
    expect(arrived.map(({ method, body }) => [method, body])).toEqual([
      ['GET', ''],
      ['POST', 'b'],
    ]);
  });
});

describe('fetch of egress with host overrides', () => {
  it('sends calls for the real origin to the emulator, with the Host of the emulator', async () => {
    const { origin, seen, port } = await server((_request, response) => response.end('emulator'));
    const anEgress = egress({
      allowedHosts: ['*'],
      hostOverrides: { 'https://www.googleapis.com': origin },
    });
    const response = await anEgress.fetch('https://www.googleapis.com/drive/v3/files?q=x');
    expect(await response.text()).toBe('emulator');
    expect(seen[0]).toMatchObject({
      url: '/drive/v3/files?q=x',
      headers: { host: `localhost:${port}` },
    });
    expect(anEgress.browserUrl('https://www.googleapis.com/o/oauth2?x=1#f')).toBe(
      `${origin}/o/oauth2?x=1#f`,
    );
    expect(anEgress.browserUrl('https://example.com/x')).toBe('https://example.com/x');
  });

  it('follows a redirect of an emulator to its own origin', async () => {
    const { origin, seen } = await server(({ url }, response) => {
      if (url === '/a') response.writeHead(302, { location: `${origin}/b` }).end();
      else response.end('b');
    });
    const anEgress = egress({
      allowedHosts: ['*'],
      hostOverrides: { 'https://api.example.com': origin },
    });
    const response = await anEgress.fetch('https://api.example.com/a', {
      redirect: 'follow',
      headers: { authorization: 'Bearer x' },
    });
    expect(response.url).toBe('https://api.example.com/b');
    expect(seen[1]?.headers.authorization).toBe('Bearer x');
  });

  it('rejects a plain http emulator unless http is allowed', () => {
    const hostOverrides = { 'https://api.example.com': 'http://localhost:1' };
    expect(() =>
      createEgress(someSettings({ hostOverrides, dangerouslyAllowHttp: false })),
    ).toThrow(expect.objectContaining({ code: 'https_required' }));
  });
});

describe('the close of egress', () => {
  it('waits for running calls, and rejects new calls with the code aborted', async () => {
    const asked = Promise.withResolvers<import('node:http').ServerResponse>();
    const { origin } = await server((_request, response) => asked.resolve(response));
    const anEgress = createEgress(someSettings());
    const call = anEgress.fetch(origin);
    const response = await asked.promise;
    const closed = anEgress.close();
    await expect(anEgress.fetch(origin)).rejects.toMatchObject({
      code: 'aborted',
      responseLost: false,
    });
    response.end('done');
    expect(await (await call).text()).toBe('done');
    await closed;
    await anEgress.close();
  });

  it('does not wait for the connection of a timed-out call', async () => {
    const anEgress = createEgress(
      someSettings({ lookup: () => new Promise(() => {}), timeoutMs: 20 }),
    );
    await expect(anEgress.fetch('https://api.example.test/')).rejects.toBeInstanceOf(EgressError);
    await anEgress.close();
  });
});
