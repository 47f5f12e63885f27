import { writeFileSync } from 'node:fs';
import { systemRandomness } from '@latchkey/core/server';
import { AttributeCipher } from './attribute_cipher.ts';
import { NONCE_BYTES, parseEnvelope } from './envelope.ts';
import { Keyring } from './keyring.ts';

/**
 * This file runs as a separate process. It encrypts `count` values with the real cipher and writes
 * the used nonces to `file`.
 */
const [file, count] = [String(process.argv[2]), Number(process.argv[3])];
const keyring = new Keyring({
  primary: 'development-only-key-a-0123456789abcdef',
  decryptionOnly: [],
});
const cipher = new AttributeCipher(keyring, systemRandomness);
const place = { key: { type: 'token', id: 'a' }, attribute: 'credentials', attributes: {} };
const nonces = Buffer.alloc(count * NONCE_BYTES);
for (let index = 0; index < count; index += 1) {
  parseEnvelope(cipher.seal('secret', place, [])).nonce.copy(nonces, index * NONCE_BYTES);
}
writeFileSync(file, nonces);
