import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { chooseEncoding } from './compressed_response.ts';
import { respond } from './respond.ts';
import { createRouterHarness, type RouterHarness } from './router_harness.mock.ts';

let harness: RouterHarness;
afterEach(() => harness?.close());

const LARGE = { names: Array.from({ length: 1000 }, (_, index) => `Files ${index} ü`) };

/** Requests the body from a route that responds with it. */
async function read(
  body: object,
  {
    accepts = 'gzip, deflate, br',
    isCompressible = true,
  }: { readonly accepts?: string; readonly isCompressible?: boolean } = {},
) {
  harness = createRouterHarness();
  harness.http
    .createRouter()
    .handle(
      { method: 'post', path: '/internal/x', access: 'internal', summary: 'x', isCompressible },
      () => respond.ok(body),
    );
  const headers = { 'accept-encoding': accepts };
  return harness.inject({ method: 'POST', url: '/internal/x', headers });
}

describe('a large response of a compressible route', () => {
  it.each([
    ['br', 'gzip, deflate, br', brotliDecompressSync],
    ['gzip', 'gzip, deflate', gunzipSync],
  ] as const)(
    'is compressed in the best encoding that the client accepts: %s',
    async (encoding, accepts, decompress) => {
      const { headers, bytes } = await read(LARGE, { accepts });
      expect(headers).toMatchObject({
        'content-encoding': encoding,
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(bytes.length),
        vary: 'accept-encoding',
        'cache-control': 'no-store',
      });
      const json = JSON.stringify(LARGE);
      expect(bytes.length).toBeLessThan(json.length / 2);
      expect(decompress(bytes).toString()).toBe(json);
    },
  );

  it('is sent uncompressed to a client that accepts no encoding', async () => {
    const { headers, body } = await read(LARGE, { accepts: 'identity' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers).toMatchObject({
      vary: 'accept-encoding',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(body).toEqual(LARGE);
  });
});

describe('against attacks on the length of responses (BREACH)', () => {
  it('the response of a route is not compressed unless its contract permits it', async () => {
    const { headers, body } = await read(LARGE, { isCompressible: false });
    expect(headers['content-encoding']).toBeUndefined();
    expect(body).toEqual(LARGE);
  });

  it('a small response is not compressed', async () => {
    const { headers, body } = await read({ name: 'a'.repeat(4000) });
    expect(headers['content-encoding']).toBeUndefined();
    expect(body).toEqual({ name: 'a'.repeat(4000) });
  });
});

describe('the encoding of a response', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['GZIP', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['br; q=0.000', 'identity'],
    ['*', 'identity'],
    ['', 'identity'],
    [undefined, 'identity'],
  ])('for a client with the Accept-Encoding %j is %s', (accepted, encoding) => {
    expect(chooseEncoding(accepted)).toBe(encoding);
  });
});
