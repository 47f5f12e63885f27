import { createHmac, hkdfSync } from 'node:crypto';

/** HMAC-SHA-256 in base64url, with a separate key per purpose. */
export type KeyedHash = (purpose: string, value: string) => string;

const SALT = 'latchkey/keyed-hash/v1';
/**
 * Maximum number of cached purposes. Callers use few constant purposes, but a caller that wrongly
 * passes data must not fill the memory.
 */
const MAX_CACHED_PURPOSES = 100;

/**
 * @param secret 256 random bits; they do not change when keys are rotated, so that ids created by
 *   the hash stay the same
 */
export function createKeyedHash(secret: Buffer): KeyedHash {
  const keys = new Map<string, Buffer>();
  const keyFor = (purpose: string): Buffer => {
    const known = keys.get(purpose);
    if (known !== undefined) return known;
    const key = Buffer.from(hkdfSync('sha256', secret, SALT, purpose, 32));
    if (keys.size < MAX_CACHED_PURPOSES) keys.set(purpose, key);
    return key;
  };
  return (purpose, value) =>
    createHmac('sha256', keyFor(purpose)).update(value).digest('base64url');
}
