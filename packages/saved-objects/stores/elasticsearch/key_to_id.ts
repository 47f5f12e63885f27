import { createHash } from 'node:crypto';

/** The longest `_id` Elasticsearch takes. */
const MAX_ID_BYTES = 512;

/** The `_id` of a key. No key begins with `#`, so a hash is never taken for one. */
export function keyToId(key: string): string {
  if (key.isWellFormed() && Buffer.byteLength(key) <= MAX_ID_BYTES) return key;
  // Through JSON, which keeps apart what UTF-8 cannot hold.
  return `#${createHash('sha256').update(JSON.stringify(key)).digest('base64url')}`;
}
