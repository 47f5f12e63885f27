/**
 * A build that kills itself, as in a power cut, each time it has taken the lease for a refresh and
 * has not called the provider yet.
 */
import { GrantStore } from '@latchkey/actions-plugin/server/testing';

const { compareAndSet } = GrantStore.prototype;

GrantStore.prototype.compareAndSet = async function (record, changes) {
  const written = await compareAndSet.call(this, record, changes);
  if (written !== undefined && changes.refresh?.renewals === 0)
    process.kill(process.pid, 'SIGKILL');
  return written;
};
