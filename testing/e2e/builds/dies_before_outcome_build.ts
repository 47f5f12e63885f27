/**
 * A build that kills itself, as in a power cut, when it has stored the grant of an authorization
 * but not yet the outcome of the attempt.
 */
import { StateStore } from '@latchkey/actions-plugin/server/testing';

StateStore.prototype.settle = () => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
};
