import { createHash } from 'node:crypto';

/**
 * A short name for a token, so that two requests can be compared without keeping what they carried. SHA-256, the first 96 bits,
 * base64url; the same for every stand-in.
 */
export const fingerprint = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url').slice(0, 16);
