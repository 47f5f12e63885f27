import { afterEach, describe, expect, it } from 'vitest';
import type { Responder } from '../fixtures/loopback.ts';
import { createLoopbackFixture } from '../fixtures/loopback_fixture.ts';
import { failureOf } from '../fixtures/settings.ts';
import type { EgressRequest } from '../types.ts';

const { server, egress, stopAll } = createLoopbackFixture();

afterEach(stopAll);

const CANARY = 'canary-5ecret';

const echo: Responder = ({ method, headers, body }, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ method, headers, body }));
};
const hang: Responder = () => {};
const redirectTo =
  (location: string): Responder =>
  (_request, response) =>
    response.writeHead(302, { location }).end();

const sent = async (
  headers: Readonly<Record<string, unknown>>,
  request: Omit<EgressRequest, 'url'> = {},
) => {
  const { origin } = await server(echo);
  const { data } = await egress()
    .createClient({ headers })
    .request({ url: origin, ...request });
  return data as { method: string; headers: Record<string, string>; body: string };
};

describe('requests of a client', () => {
  it('have the default headers, which headers of the request override in any letter case', async () => {
    const defaults = { Accept: 'text/plain', Authorization: 'Bearer a', 'X-None': undefined };
    const { headers } = await sent(defaults, { headers: { AUTHORIZATION: 'Bearer b' } });
    expect(headers).toMatchObject({
      accept: 'text/plain',
      authorization: 'Bearer b',
      'user-agent': 'Latchkey',
      'accept-encoding': 'gzip, deflate, br',
    });
    expect(headers).not.toHaveProperty('x-none');
  });

  it('have a header that was added after the client was created', async () => {
    const { origin } = await server(echo);
    const headers: Record<string, unknown> = {};
    const client = egress().createClient({ headers });
    headers['Authorization'] = 'Bearer late';
    const { data } = await client.request({ url: origin });
    expect(data).toMatchObject({ headers: { authorization: 'Bearer late' } });
  });

  it('C47: have no header of the client if they are anonymous, even when they go to another origin', async () => {
    const { origin } = await server(echo);
    const defaults = { Authorization: `Bearer ${CANARY}`, 'X-Key': CANARY };
    const options = { credentialOrigins: ['https://api.example.test'] };
    const client = egress().createClient({ headers: defaults }, options);
    await expect(failureOf(client.request({ url: origin }))).resolves.toMatchObject({
      code: 'credentials_not_allowed',
    });
    const { data } = await client.request({ url: origin, isAnonymous: true });
    expect(JSON.stringify(data)).not.toContain(CANARY);
  });

  it('send their body with its length', async () => {
    const bytes = Buffer.from([0, 255]);
    expect(await sent({}, { method: 'POST', body: 'grüße' })).toMatchObject({
      method: 'POST',
      body: 'grüße',
      headers: { 'content-length': '7' },
    });
    expect(await sent({}, { method: 'PUT', body: bytes })).toMatchObject({
      headers: { 'content-length': '2' },
    });
  });

  it('never send a Host, Proxy-Authorization or framing header of the caller', async () => {
    const { headers } = await sent(
      { 'Proxy-Authorization': 'Basic x', Connection: 'close' },
      { headers: { Host: 'evil.example', 'Transfer-Encoding': 'chunked' } },
    );
    expect(headers['host']).toMatch(/^localhost:/);
    for (const name of ['proxy-authorization', 'transfer-encoding']) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it.each(['https://169.254.169.254/', 'https://evil.example/', 'file:///etc/passwd', '/relative'])(
    'C42: are rejected before they are sent to %s',
    async (url) => {
      const client = egress().createClient({ headers: {} });
      expect(await failureOf(client.request({ url }))).toMatchObject({
        name: 'EgressError',
        responseLost: false,
      });
    },
  );

  it('may lower the limits of the client but not raise them', async () => {
    const { origin } = await server(({ url }, response) => {
      if (url === '/big') response.end('x'.repeat(2000));
    });
    const client = egress().createClient({ headers: {}, maxResponseBytes: 1000 });
    for (const maxResponseBytes of [10, 5000]) {
      const failure = await failureOf(client.request({ url: `${origin}/big`, maxResponseBytes }));
      expect(failure).toMatchObject({
        code: 'response_too_large',
        maxResponseBytes: Math.min(maxResponseBytes, 1000),
        responseHeaders: { 'content-length': '2000' },
      });
    }
    const quick = egress().createClient({ headers: {}, timeoutMs: 80 });
    for (const timeoutMs of [20, 60_000]) {
      const failure = await failureOf(quick.request({ url: `${origin}/hang`, timeoutMs }));
      expect(failure).toMatchObject({ code: 'timeout' });
    }
  });

  it('end when the signal of the client is aborted', async () => {
    const { origin } = await server(hang);
    const aborter = new AbortController();
    const client = egress().createClient({ headers: {}, signal: aborter.signal });
    const failure = failureOf(client.request({ url: origin }));
    aborter.abort();
    expect(await failure).toMatchObject({ code: 'aborted' });
  });
});

describe('credentials of a client', () => {
  it('C47: are not sent to an origin that is not in the list', async () => {
    const mine = await server(echo);
    const foreign = await server(echo);
    const options = { credentialOrigins: [`${mine.origin}/api`], credentialHeaders: ['Accept'] };
    for (const name of ['Authorization', 'X-Api-Key', 'Cookie', 'accept']) {
      const client = egress().createClient({ headers: { [name]: CANARY } }, options);
      expect((await client.request({ url: mine.origin })).status).toBe(200);
      const failure = await failureOf(client.request({ url: foreign.origin }));
      expect(failure).toMatchObject({ code: 'credentials_not_allowed' });
    }
    expect(foreign.seen).toEqual([]);
  });

  it('C48: are dropped by a redirect to another origin', async () => {
    const foreign = await server(echo);
    const mine = await server(redirectTo(foreign.origin));
    const client = egress().createClient(
      { headers: { Authorization: CANARY, 'X-Key': CANARY } },
      { credentialOrigins: [mine.origin], credentialHeaders: ['x-key'] },
    );
    const response = await client.request({ url: mine.origin });
    expect(response.url).toBe(`${foreign.origin}/`);
    expect(JSON.stringify(response.data)).not.toContain(CANARY);
  });
});

describe('responses of a client', () => {
  it.each([200, 302, 401, 404, 500])(
    'are returned, not thrown, for the status %i',
    async (status) => {
      const { origin } = await server((_request, response) => {
        response.writeHead(status, { 'x-a': ['1', '2'] }).end('{"a":1}');
      });
      const response = await egress().createClient({ headers: {} }).request({ url: origin });
      expect(response).toMatchObject({ status, headers: { 'x-a': ['1', '2'] } });
      expect(response.data).toEqual({ a: 1 });
    },
  );

  it.each([
    ['', ''],
    ['{"a":[1]}', { a: [1] }],
    ['\ufeff{"a":1}', { a: 1 }],
    ['17', 17],
    ['<html>', '<html>'],
    ['{"a":', '{"a":'],
    ['\ufefftext', 'text'],
  ])('have the body %j parsed as %j', async (body, data) => {
    const { origin } = await server((_request, response) => response.end(body));
    const response = await egress().createClient({ headers: {} }).request({ url: origin });
    expect(response.data).toEqual(data);
    expect(response.body.toString()).toBe(body);
  });

  it('do not come from a redirect that the onRedirect hook of the caller refuses', async () => {
    const foreign = await server(echo);
    const { origin } = await server(redirectTo(`${foreign.origin}/file`));
    const targets: string[] = [];
    const refused = new Error('refused');
    const onRedirect = (to: URL, method: string) => {
      targets.push(`${method} ${to.href}`);
      if (targets.length > 1) throw refused;
    };
    const client = egress().createClient({ headers: {} });
    const response = await client.request({ url: origin, method: 'POST', onRedirect });
    expect(response).toMatchObject({ status: 200, url: `${foreign.origin}/file` });
    await expect(client.request({ url: origin, onRedirect })).rejects.toBe(refused);
    expect(targets).toEqual([`GET ${foreign.origin}/file`, `GET ${foreign.origin}/file`]);
    expect(foreign.seen).toHaveLength(1);
  });

  it('include a 3xx when maxRedirects is 0', async () => {
    const { origin, seen } = await server(redirectTo('/next'));
    const client = egress().createClient({ headers: {} });
    expect(await client.request({ url: origin, maxRedirects: 0 })).toMatchObject({ status: 302 });
    expect(await failureOf(client.request({ url: origin, maxRedirects: 2 }))).toMatchObject({
      code: 'too_many_redirects',
    });
    expect(seen).toHaveLength(4);
  });
});
