import { hash, timingSafeEqual } from 'node:crypto';
import type { Randomness } from '@latchkey/core/server';
import type { ApiKey } from './store/api_key.ts';

const ID_BYTES = 15;
const SECRET_BYTES = 32;
const CREDENTIAL = /^([A-Za-z0-9_-]{20}):([A-Za-z0-9_-]{43})$/;
const BASE64 = /^[A-Za-z0-9+/_-]{1,256}={0,2}$/;

/** Id and secret of a key, as a client presents them. */
export interface KeyCredential {
  readonly id: string;
  readonly secret: string;
}

/** A new credential: what the client gets, and what is stored. */
export interface NewKeyCredential extends KeyCredential {
  /** Value of the header `Authorization`, after `ApiKey `. */
  readonly encoded: string;
  /** Hash of the secret. Only the hash is stored. */
  readonly secretHash: string;
}

/** Creates a random id and secret. */
export function createCredential(randomness: Pick<Randomness, 'bytes'>): NewKeyCredential {
  const id = randomness.bytes(ID_BYTES).toString('base64url');
  const secret = randomness.bytes(SECRET_BYTES).toString('base64url');
  return {
    id,
    secret,
    encoded: Buffer.from(`${id}:${secret}`).toString('base64'),
    secretHash: hashOf(secret).toString('base64url'),
  };
}

/** Parses the value of the header. `undefined`: it has not the form of an API key. */
export function parseCredential(encoded: string): KeyCredential | undefined {
  if (!BASE64.test(encoded)) return undefined;
  const [, id, secret] = CREDENTIAL.exec(Buffer.from(encoded, 'base64').toString('latin1')) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** Returns `true` if a secret is that of the key. Takes the same time for every wrong secret. */
export function isSecretOf(key: ApiKey, secret: string): boolean {
  const expected = secretHashOf(key);
  const actual = hashOf(secret);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** Decoded hashes of cached keys. */
const secretHashes = new WeakMap<ApiKey, Buffer>();

function secretHashOf(key: ApiKey): Buffer {
  const known = secretHashes.get(key);
  if (known !== undefined) return known;
  const decoded = Buffer.from(key.secretHash, 'base64url');
  secretHashes.set(key, decoded);
  return decoded;
}
