/**
 * Reason why an envelope could not be opened. It is only the cause of the error that callers see,
 * for debugging.
 */
export type EnvelopeErrorCode = 'malformed' | 'unknown_key' | 'not_authentic';

/** Thrown when an envelope cannot be opened. Contains no part of its content. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
  readonly code: EnvelopeErrorCode;

  constructor(code: EnvelopeErrorCode, options?: ErrorOptions) {
    super(`envelope is ${code.replace('_', ' ')}`, options);
    this.code = code;
  }
}

/** First part of every envelope. A later format will have another one; both must stay readable. */
export const ENVELOPE_VERSION = 'lk1';
/** Length of a nonce in bytes. NIST SP 800-38D §5.2.1.1 recommends 96 bits for GCM. */
export const NONCE_BYTES = 12;
/** Length of a complete tag in bytes. Shorter tags are refused. */
export const TAG_BYTES = 16;

/**
 * A parsed envelope: `lk1.<keyId>.<names>.<nonce | ciphertext | tag>`. The last two parts are in
 * base64url.
 */
export interface Envelope {
  readonly keyId: string;
  /**
   * Names of the unencrypted attributes to which the value was bound, whether they existed or not.
   * The tag covers the list, so it cannot be shortened.
   */
  readonly boundNames: readonly string[];
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/** Formats an envelope as the stored string. */
export function formatEnvelope(envelope: Envelope): string {
  const names = Buffer.from(JSON.stringify(envelope.boundNames)).toString('base64url');
  const body = Buffer.concat([envelope.nonce, envelope.ciphertext, envelope.tag]);
  return `${ENVELOPE_VERSION}.${envelope.keyId}.${names}.${body.toString('base64url')}`;
}

/**
 * Parses an envelope.
 * @throws EnvelopeError `malformed` for any value that {@link formatEnvelope} does not produce
 */
export function parseEnvelope(value: unknown): Envelope {
  const parts = typeof value === 'string' ? value.split('.') : [];
  const [version, keyId, names, body] = parts;
  if (parts.length !== 4 || version !== ENVELOPE_VERSION || !keyId || !names || !body) {
    throw new EnvelopeError('malformed');
  }
  const bytes = decodeBase64url(body);
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new EnvelopeError('malformed');
  return {
    keyId,
    boundNames: parseNames(names),
    nonce: bytes.subarray(0, NONCE_BYTES),
    ciphertext: bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES),
    tag: bytes.subarray(bytes.length - TAG_BYTES),
  };
}

/** Key id of a stored value without opening it. `undefined`: it is not an envelope. */
export function keyIdOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith(`${ENVELOPE_VERSION}.`)) return undefined;
  const start = ENVELOPE_VERSION.length + 1;
  const end = value.indexOf('.', start);
  return end > start ? value.slice(start, end) : undefined;
}

/**
 * Maximum number of cached lists of names. As long as the registration of a type does not change,
 * all its envelopes have the same list.
 */
const MAX_KNOWN_LISTS = 100;
const MAX_KNOWN_LENGTH = 2048;
const knownLists = new Map<string, readonly string[]>();

function parseNames(encoded: string): readonly string[] {
  const known = knownLists.get(encoded);
  if (known !== undefined) return known;
  const names = readNames(encoded);
  if (encoded.length <= MAX_KNOWN_LENGTH && knownLists.size < MAX_KNOWN_LISTS) {
    knownLists.set(encoded, names);
  }
  return names;
}

function readNames(encoded: string): readonly string[] {
  let names: unknown;
  try {
    names = JSON.parse(decodeBase64url(encoded).toString('utf8'));
  } catch (error) {
    throw new EnvelopeError('malformed', { cause: error });
  }
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
    throw new EnvelopeError('malformed');
  }
  return names;
}

/**
 * Decodes base64url. Node ignores foreign characters and unused bits, but another spelling of the
 * same bytes shows tampering, so it must be refused.
 */
function decodeBase64url(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new EnvelopeError('malformed');
  return bytes;
}
