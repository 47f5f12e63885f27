/** A build that is killed, as by a power cut, in the middle of a key rotation: some objects are moved by then, and others are not. */
import { AttributeEncryption } from '../../plugins/encrypted_saved_objects/server/encryption/index.ts';

/** More than a rotation moves at once. */
const OBJECTS = 60;
const { reencrypt } = AttributeEncryption.prototype;
let seen = 0;

AttributeEncryption.prototype.reencrypt = function (...args) {
  seen += 1;
  if (seen === OBJECTS) process.kill(process.pid, 'SIGKILL');
  return reencrypt.apply(this, args);
};
