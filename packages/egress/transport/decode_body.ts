import { constants } from 'node:buffer';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

/**
 * Max compressed size that is decoded on the main thread. Below it, the thread pool costs more than
 * it saves, and a decompression bomb expands to a few MB at most.
 */
const INLINE_BYTES = 4096;
/** RFC 9110 §8.4 allows a list of codings, but each one multiplies the size of a bomb. */
const MAX_CODINGS = 2;

interface Decoder {
  inline(data: Buffer, options: { readonly maxOutputLength: number }): Buffer;
  offThread(data: Buffer, options: { readonly maxOutputLength: number }): Promise<Buffer>;
}

const gzip: Decoder = { inline: zlib.gunzipSync, offThread: promisify(zlib.gunzip) };
const inflate: Decoder = { inline: zlib.inflateSync, offThread: promisify(zlib.inflate) };
const inflateRaw: Decoder = { inline: zlib.inflateRawSync, offThread: promisify(zlib.inflateRaw) };
const brotli: Decoder = {
  inline: zlib.brotliDecompressSync,
  offThread: promisify(zlib.brotliDecompress),
};
const zstd: Decoder = {
  inline: zlib.zstdDecompressSync,
  offThread: promisify(zlib.zstdDecompress),
};

/** Value of `accept-encoding`. zstd is decoded too, but not requested. */
export const ACCEPTED_CODINGS = 'gzip, deflate, br';

/**
 * Decodes a `content-encoding`. Never returns more than `maxBytes`, so a decompression bomb costs
 * no more memory than a valid response.
 * @throws Error `ERR_BUFFER_TOO_LARGE` above the limit; a zlib error for broken data; RangeError
 * for an unknown coding
 */
export async function decodeBody(
  data: Buffer,
  contentEncoding: string,
  maxBytes: number,
): Promise<Buffer> {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS) throw new RangeError('too many content codings');
  let decoded = data;
  for (const coding of codings.reverse()) {
    const decoder = decoderOf(coding, decoded);
    const options = { maxOutputLength: Math.min(Math.max(1, maxBytes), constants.MAX_LENGTH) };
    decoded =
      decoded.length <= INLINE_BYTES
        ? decoder.inline(decoded, options)
        : await decoder.offThread(decoded, options);
  }
  return decoded;
}

function decoderOf(coding: string, data: Buffer): Decoder {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return gzip;
    case 'deflate':
      // RFC 9110 §8.4.1.2 requires the zlib format, which starts with method 8. Some servers send
      // raw deflate data.
      return ((data[0] ?? 0) & 0x0f) === 8 ? inflate : inflateRaw;
    case 'br':
      return brotli;
    case 'zstd':
      return zstd;
    default:
      throw new RangeError('unknown content coding');
  }
}
