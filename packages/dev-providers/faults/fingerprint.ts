import { createHash } from 'node:crypto';

/**
 * A short name of a token, to compare requests without keeping their tokens. First 96 bits of
 * SHA-256, base64url; the same for all test providers.
 */
export const fingerprint = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url').slice(0, 16);
