import { GrantStore } from '../../plugins/actions/server/oauth/tokens/grants/grant_store.ts';
import type { Recorder } from '../history/recorder.ts';

/** Shorter ones change nothing: the lease is looked at in hundreds of milliseconds. */
const SHORTEST_MS = 250;

/**
 * Records when the store kept a reader or writer of grants waiting. Leases live a few times shorter here than in production, and a cluster on a small machine is as slow
 * as there: a holder that cannot write its beat for the life of a lease is, for all others, dead.
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
  GrantStore.prototype.read = function (key) {
    return timed(() => read.call(this, key));
  };
  GrantStore.prototype.compareAndSet = function (record, changes) {
    return timed(() => compareAndSet.call(this, record, changes));
  };
}
