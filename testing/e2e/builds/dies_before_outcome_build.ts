/**
 * A build that kills itself, as in a power cut, when it has stored the grant of an authorization
 * and has not stored the outcome of the attempt yet.
 */
import { StateStore } from '@latchkey/actions-plugin/server/testing';

StateStore.prototype.settle = () => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
};
