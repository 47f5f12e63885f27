/**
 * A build that kills itself, as in a power cut, in the middle of a key rotation, when only some
 * objects are rotated. `?objects=800` sets the number of objects that it rotates before; default
 * 60, which is more than a rotation processes at the same time.
 */
import { AttributeEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/testing';

const objects = Number(new URL(import.meta.url).searchParams.get('objects') ?? 60);
const { reencrypt } = AttributeEncryption.prototype;
let seen = 0;

AttributeEncryption.prototype.reencrypt = function (...args) {
  seen += 1;
  if (seen === objects) process.kill(process.pid, 'SIGKILL');
  return reencrypt.apply(this, args);
};
