import type { RandomBytes } from './pkce.ts';

const STATE_BYTES = 32;

/** A fresh `state` value: 256 random bits as 43 base64url characters (RFC 6749 §10.12). */
export function createState(randomBytes: RandomBytes): string {
  return Buffer.from(randomBytes(STATE_BYTES)).toString('base64url');
}
