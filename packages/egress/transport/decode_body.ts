import { constants } from 'node:buffer';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

/**
 * Maximum compressed bytes to decode on the main thread. For less data, the thread pool costs more
 * than it saves, and a decompression bomb expands to a few MB at most.
 */
const INLINE_BYTES = 4096;
/**
 * Maximum codings of one body. RFC 9110 §8.4 allows a longer list, but each coding multiplies the
 * size of a decompression bomb.
 */
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
 * Decodes the codings of a `content-encoding` header. The output of each coding is limited to
 * `maxBytes`, or 1 byte for a smaller limit, so a decompression bomb costs no more memory than a
 * valid response. Data without a coding is returned unchanged, whatever its size.
 * @throws Error `ERR_BUFFER_TOO_LARGE` above the limit; a zlib error for broken data; RangeError
 * for an unknown coding or too many codings
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
