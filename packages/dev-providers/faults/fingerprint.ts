import { createHash } from 'node:crypto';

/**
 * Returns a short name of a token, to compare requests without keeping their tokens: the first 96
 * bits of SHA-256 in base64url. All test providers use the same function.
 */
export const fingerprint = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url').slice(0, 16);
