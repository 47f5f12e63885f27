import { KEY_A, KEY_B, startEncryptedServer } from './testing/index.ts';

/**
 * This file runs as a separate process. It rotates the keys of a store, and after `count` writes it
 * hangs and prints `midway`.
 */
const [path, count] = process.argv.slice(2);

let left = Number.POSITIVE_INFINITY;
const { inject } = await startEncryptedServer({
  path: String(path),
  settings: { encryptionKey: KEY_B, keyRotation: { decryptionOnlyKeys: [KEY_A] } },
  wrapStore: (store) => ({
    ...store,
    put: async (document, options) => {
      left -= 1;
      if (left === 0) process.stdout.write('midway\n');
      if (left <= 0) await new Promise(() => setInterval(() => undefined, 1000));
      return store.put(document, options);
    },
  }),
});
left = Number(count);
await inject({ method: 'POST', url: '/api/encrypted_saved_objects/_rotate_key?batch_size=100' });
