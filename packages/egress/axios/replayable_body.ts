import { Readable } from 'node:stream';
import { EgressError } from '../egress_error.ts';

/** Streams that were passed to undici. Undici destroys them, even if it fails before reading. */
const passedOn = new WeakSet<object>();

/**
 * Returns `true` if a request with this body can be sent again. Check it before a retry after a 401
 * or a transient failure.
 * @param data `config.data`, before or after the transforms of axios
 * @returns `false`: a Node or web stream, a `form-data` instance or an iterator, which can be read
 * once
 */
export function isReplayableBody(data: unknown): boolean {
  if (data === null || typeof data !== 'object') return true;
  if (data instanceof ReadableStream || isPipeable(data)) return false;
  return !(Symbol.asyncIterator in data || isIterator(data));
}

/**
 * Returns `true` if data is a stream. Legacy streams, such as those of `form-data`, are not a
 * `Readable`.
 */
export function isPipeable(data: object): data is NodeJS.ReadableStream {
  return 'pipe' in data && typeof data.pipe === 'function';
}

/**
 * Marks a body that can be read only once as used.
 * @throws EgressError `body_not_replayable` if the body was used before: the unread rest of a
 * stream is not the whole body
 */
export function claimBody(data: object, host: string): void {
  const isStream = data instanceof Readable || data instanceof ReadableStream;
  // `isDisturbed` works for web streams too, although its type does not say so.
  const isRead = isStream && Readable.isDisturbed(data as Readable);
  if (isRead || passedOn.has(data)) {
    throw new EgressError(
      'body_not_replayable',
      `the body for host [${host}] is a stream that is already read; create a new one to repeat the request`,
      host,
    );
  }
  passedOn.add(data);
}

function isIterator(data: object): boolean {
  return 'next' in data && typeof data.next === 'function';
}
