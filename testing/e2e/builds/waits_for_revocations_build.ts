/**
 * A build whose disconnects wait for the provider as long as it takes. The product waits for three
 * seconds, which are not enough on a busy machine.
 */
import { RevocationOutbox } from '@latchkey/actions-plugin/server/testing';

RevocationOutbox.prototype.attemptNow = function (key, options) {
  return this.inBackground((signal) => this.attempt(key, signal, options));
};
