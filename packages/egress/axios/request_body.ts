import { PassThrough, Readable, Transform } from 'node:stream';
import { promisify } from 'node:util';
import { AxiosError, type AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import { claimBody, isPipeable } from './replayable_body.ts';

/** A body that the transport can send. */
export type WireBody = string | Uint8Array | Readable | null;

const TOO_LARGE = 'Request body larger than maxBodyLength limit';

/**
 * Encodes the body that the transforms of axios returned, and sets its headers.
 * @param headers headers of the outgoing request, changed in place
 * @throws AxiosError `ERR_BAD_REQUEST` for an invalid or too large body; EgressError
 * `body_not_replayable`
 */
export async function encodeBody(
  config: InternalAxiosRequestConfig,
  headers: AxiosHeaders,
  host: string,
): Promise<WireBody> {
  const data: unknown = config.data;
  if (data instanceof FormData) return encodeForm(data, config, headers);
  if (data instanceof Blob) {
    if (data.size > 0) headers.setContentType(data.type || 'application/octet-stream');
    return capBytes(await data.bytes(), config);
  }
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) {
    return capBytes(new Uint8Array(data), config);
  }
  if (data instanceof ReadableStream) {
    claimBody(data, host);
    return capStream(Readable.fromWeb(data as import('node:stream/web').ReadableStream), config);
  }
  if (typeof data === 'object' && data !== null && isPipeable(data)) {
    claimBody(data, host);
    await setFormDataHeaders(data, headers);
    return capStream(data instanceof Readable ? data : data.pipe(new PassThrough()), config);
  }
  throw new AxiosError(
    'Data after transformation must be a string, an ArrayBuffer, a Buffer, or a Stream',
    AxiosError.ERR_BAD_REQUEST,
    config,
  );
}

/**
 * Encodes text and bytes synchronously.
 * @returns `null`: there is no body; `undefined`: only `encodeBody` can encode this body
 * @throws AxiosError `ERR_BAD_REQUEST` when the body is longer than `maxBodyLength`
 */
export function encodeSimpleBody(config: InternalAxiosRequestConfig): WireBody | undefined {
  const data: unknown = config.data;
  if (data === undefined || data === null || data === '') return null;
  if (typeof data === 'string') {
    const limit = config.maxBodyLength ?? -1;
    if (limit > -1 && Buffer.byteLength(data) > limit) throw tooLarge(config);
    return data;
  }
  return data instanceof Uint8Array ? capBytes(data, config) : undefined;
}

async function encodeForm(
  form: FormData,
  config: InternalAxiosRequestConfig,
  headers: AxiosHeaders,
): Promise<Uint8Array> {
  const encoded = new Response(form);
  // Only the encoder knows the boundary, so it replaces the content type of the caller.
  headers.setContentType(encoded.headers.get('content-type') ?? 'multipart/form-data');
  return capBytes(await encoded.bytes(), config);
}

/** Sets the headers of a `form-data` body, with its length if that is known. */
async function setFormDataHeaders(data: object, headers: AxiosHeaders): Promise<void> {
  if (!('getHeaders' in data) || typeof data.getHeaders !== 'function') return;
  headers.set(data.getHeaders());
  if (!('getLength' in data) || typeof data.getLength !== 'function') return;
  const length: unknown = await promisify(data.getLength.bind(data))().catch(() => undefined);
  // A body of unknown length is sent chunked.
  if (typeof length === 'number' && Number.isFinite(length)) headers.setContentLength(length);
}

function capBytes<T extends Uint8Array>(bytes: T, config: InternalAxiosRequestConfig): T {
  const limit = config.maxBodyLength ?? -1;
  if (limit > -1 && bytes.byteLength > limit) throw tooLarge(config);
  return bytes;
}

function capStream(source: Readable, config: InternalAxiosRequestConfig): Readable {
  const limit = config.maxBodyLength ?? -1;
  if (limit === -1) return source;
  let sent = 0;
  const capped = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      if (sent > limit) done(tooLarge(config));
      else done(null, chunk);
    },
  });
  source.once('error', (error) => capped.destroy(error));
  capped.once('close', () => source.destroy());
  return source.pipe(capped);
}

function tooLarge(config: InternalAxiosRequestConfig): AxiosError {
  return new AxiosError(TOO_LARGE, AxiosError.ERR_BAD_REQUEST, config);
}
