import { calculatePKCECodeChallenge } from 'oauth4webapi';

/** Source of cryptographically strong random bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/** One flow's proof key. The verifier stays on the server until the code exchange; only the challenge is ever put into a URL. */
export interface PkcePair {
  /** 128 base64url characters, the longest RFC 7636 §4.1 allows. */
  readonly codeVerifier: string;
  /** Base64url of the SHA-256 of the verifier. There is no `plain` variant to fall back to. */
  readonly codeChallenge: string;
}

/** 96 bytes become exactly 128 base64url characters; 97 would exceed the maximum of RFC 7636 §4.1. */
const VERIFIER_BYTES = 96;

/** Makes a fresh pair for one flow (RFC 7636 §4.1, §4.2, method S256). */
export async function createPkcePair(randomBytes: RandomBytes): Promise<PkcePair> {
  const codeVerifier = Buffer.from(randomBytes(VERIFIER_BYTES)).toString('base64url');
  return { codeVerifier, codeChallenge: await calculatePKCECodeChallenge(codeVerifier) };
}
