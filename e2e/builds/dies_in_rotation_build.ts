/**
 * A build that is killed, as by a power cut, in the middle of a key rotation: some objects are moved by then, and others are not. `?objects=800` says how
 * many it gets to see; without it sixty, which is more than a rotation moves at once.
 */
import { AttributeEncryption } from '../../plugins/encrypted_saved_objects/server/encryption/index.ts';

const objects = Number(new URL(import.meta.url).searchParams.get('objects') ?? 60);
const { reencrypt } = AttributeEncryption.prototype;
let seen = 0;

AttributeEncryption.prototype.reencrypt = function (...args) {
  seen += 1;
  if (seen === objects) process.kill(process.pid, 'SIGKILL');
  return reencrypt.apply(this, args);
};
