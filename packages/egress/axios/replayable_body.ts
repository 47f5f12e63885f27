import { Readable } from 'node:stream';
import { EgressError } from '../egress_error.ts';

/** Streams handed to the transport, even if it failed before reading them: undici destroys them then. */
const handedOver = new WeakSet<object>();

/**
 * May a request with this body be sent a second time? Ask before repeating a request after a 401 or a transient failure.
 * @param data `config.data`, before or after axios' transforms
 * @returns `false` for Node and web streams, `form-data` instances and iterators: they can be read once
 */
export function isReplayableBody(data: unknown): boolean {
  if (data === null || typeof data !== 'object') return true;
  if (data instanceof ReadableStream || isPipeable(data)) return false;
  return !(Symbol.asyncIterator in data || isIterator(data));
}

/** Old-style streams such as those of the `form-data` package are no `Readable`. */
export function isPipeable(data: object): data is NodeJS.ReadableStream {
  return 'pipe' in data && typeof data.pipe === 'function';
}

/**
 * Marks a one-time body as used up.
 * @throws EgressError `body_not_replayable` when it was used before: the rest of a stream is not the request that was meant
 */
export function claimBody(data: object, host: string): void {
  const isStream = data instanceof Readable || data instanceof ReadableStream;
  // Web streams are understood too; only the type does not say so.
  const isRead = isStream && Readable.isDisturbed(data as Readable);
  if (isRead || handedOver.has(data)) {
    throw new EgressError(
      'body_not_replayable',
      `the body for host [${host}] is a stream that was read already; build a new one to repeat the request`,
      host,
    );
  }
  handedOver.add(data);
}

function isIterator(data: object): boolean {
  return 'next' in data && typeof data.next === 'function';
}
