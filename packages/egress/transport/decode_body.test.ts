import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeBody } from './decode_body.ts';

const TEXT = Buffer.from('a token response');

describe('decoding a compressed body', () => {
  it.each([
    ['gzip', zlib.gzipSync(TEXT)],
    ['X-GZIP', zlib.gzipSync(TEXT)],
    ['deflate', zlib.deflateSync(TEXT)],
    ['deflate', zlib.deflateRawSync(TEXT)],
    ['br', zlib.brotliCompressSync(TEXT)],
    ['zstd', zlib.zstdCompressSync(TEXT)],
    ['identity', TEXT],
    ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(TEXT))],
  ])('returns the text that was encoded with %s', async (coding, data) => {
    expect(await decodeBody(data, coding, 1000)).toEqual(TEXT);
  });

  it.each([
    ['gzip', zlib.gzipSync],
    ['br', zlib.brotliCompressSync],
    ['zstd', zlib.zstdCompressSync],
  ])('C50: stops at the limit for a small and a large %s bomb', async (coding, compress) => {
    for (const size of [2_000_000, 30_000_000]) {
      const bomb = compress(Buffer.alloc(size));
      await expect(decodeBody(bomb, coding, 1_000_000)).rejects.toMatchObject({
        code: 'ERR_BUFFER_TOO_LARGE',
      });
    }
  });

  it('C50: stops at the limit for a bomb inside a second coding', async () => {
    const bomb = zlib.gzipSync(zlib.gzipSync(Buffer.alloc(30_000_000)));
    await expect(decodeBody(bomb, 'gzip, gzip', 10_000)).rejects.toMatchObject({
      code: 'ERR_BUFFER_TOO_LARGE',
    });
  });

  it('accepts a body of exactly the limit', async () => {
    expect(await decodeBody(zlib.gzipSync(TEXT), 'gzip', TEXT.length)).toEqual(TEXT);
  });

  it.each([
    ['broken data', 'gzip', Buffer.from('not gzip at all')],
    ['a cut stream', 'gzip', zlib.gzipSync(TEXT).subarray(0, 12)],
    ['an unknown coding', 'lzma', TEXT],
    ['a chain of codings', 'gzip, gzip, gzip', TEXT],
  ])('rejects %s', async (_case, coding, data) => {
    await expect(decodeBody(data, coding, 1000)).rejects.toMatchObject({
      message: expect.any(String),
    });
  });
});
