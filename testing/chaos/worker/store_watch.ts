import { GrantStore } from '@latchkey/actions-plugin/server/testing';
import { Lease } from '@latchkey/saved-objects/coordination';
import type { Recorder } from '../history/recorder.ts';

/**
 * Shortest delay to record, in milliseconds. A shorter one has no effect, because leases are
 * checked at intervals of hundreds of milliseconds.
 */
const SHORTEST_MS = 250;

/**
 * Records when the store delayed a reader or writer of grants, or the holder of a lease. Leases are
 * shorter here than in production, but a cluster on a small machine is not faster: a holder that
 * cannot write its heartbeat for the duration of a lease looks dead to all others.
 */
export function watchStore(recorder: Recorder, worker: string): void {
  const { read, compareAndSet } = GrantStore.prototype;
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      const forMs = performance.now() - startedAt;
      if (forMs >= SHORTEST_MS) recorder.record({ type: 'stalled', worker, forMs });
    }
  };
  const { renew } = Lease.prototype;
  Lease.prototype.renew = function (changesOf) {
    return timed(() => renew.call(this, changesOf));
  };
  GrantStore.prototype.read = function (key) {
    return timed(() => read.call(this, key));
  };
  GrantStore.prototype.compareAndSet = function (record, changes) {
    return timed(() => compareAndSet.call(this, record, changes));
  };
}
