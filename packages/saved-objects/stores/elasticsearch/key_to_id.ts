import { createHash } from 'node:crypto';

/** Maximum length of an `_id` in Elasticsearch. */
const MAX_ID_BYTES = 512;

/**
 * The `_id` of a key: the key itself, or `#` and a hash when the key is too long or cannot be
 * encoded as UTF-8. No key begins with `#`, so a hash never equals a key.
 */
export function keyToId(key: string): string {
  if (key.isWellFormed() && Buffer.byteLength(key) <= MAX_ID_BYTES) return key;
  // JSON escapes characters that UTF-8 cannot encode, so different keys have different hashes.
  return `#${createHash('sha256').update(JSON.stringify(key)).digest('base64url')}`;
}
