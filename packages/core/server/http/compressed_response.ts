import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { RouteResponse } from './types.ts';

/**
 * Encodings in which responses are sent (RFC 9110 §8.4.1). `identity`: the response is not
 * compressed.
 */
export type ContentEncoding = 'br' | 'gzip' | 'identity';

const brotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

/**
 * Minimum size in bytes of a compressed response. A smaller response fits into a few packets, and
 * its compressed length would reveal more about its content.
 */
const MIN_COMPRESSED_BYTES = 4096;

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Compression level of Brotli, from 0 to 11. Higher levels take longer than the transfer time that
 * they save.
 */
const BROTLI_QUALITY = 4;
/** Compression level of gzip, from 1 to 9. */
const GZIP_LEVEL = 5;

/**
 * Returns the encoding with the smallest result that the client accepts (RFC 9110 §12.5.3).
 * Browsers send no weights, but proxies may add them; a weight above 0 counts as acceptance.
 */
export function chooseEncoding(accepted: string | string[] | undefined): ContentEncoding {
  const accepts = new Set(
    String(accepted ?? '')
      .toLowerCase()
      .split(',')
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(';')[0]?.trim()),
  );
  if (accepts.has('br')) return 'br';
  return accepts.has('gzip') ? 'gzip' : 'identity';
}

/**
 * Compresses the JSON body of a response for a client that accepts it, when it is large enough.
 * @param accepted header `accept-encoding` of the request
 */
export async function compressed(
  response: RouteResponse,
  accepted: string | string[] | undefined,
): Promise<RouteResponse> {
  const { body, headers } = response;
  if (typeof body !== 'object' || body === null || Buffer.isBuffer(body)) return response;
  const content = Buffer.from(JSON.stringify(body));
  const encoding = chooseEncoding(accepted);
  const isCompressed = encoding !== 'identity' && content.length >= MIN_COMPRESSED_BYTES;
  return {
    ...response,
    body: isCompressed ? await compress(content, encoding) : content,
    headers: {
      'content-type': JSON_TYPE,
      ...headers,
      vary: 'accept-encoding',
      ...(isCompressed ? { 'content-encoding': encoding } : {}),
    },
  };
}

/** Compresses outside of the event loop. */
function compress(content: Buffer, encoding: 'br' | 'gzip'): Promise<Buffer> {
  if (encoding === 'gzip') return toGzip(content, { level: GZIP_LEVEL });
  return brotli(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
}
