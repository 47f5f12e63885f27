import {
  type GrantKey,
  grantId,
} from '../../plugins/actions/server/oauth/tokens/grants/grant_key.ts';
import type {
  GrantChanges,
  GrantRecord,
} from '../../plugins/actions/server/oauth/tokens/grants/grant_record.ts';
import { GrantStore } from '../../plugins/actions/server/oauth/tokens/grants/grant_store.ts';
import { LeaseMonitor } from '../../plugins/actions/server/oauth/tokens/refresh/refresh_lease.ts';
import type { Mutation } from '../mutation.ts';

/**
 * Switches one safeguard off in this process, to see whether the harness notices. Production code is not touched: the methods are replaced in
 * the worker alone.
 */
export function switchOff(mutation: Mutation): void {
  SWITCHES[mutation]();
}

const SWITCHES: Record<Mutation, () => void> = {
  /** Nobody ever holds a lease. */
  lease: () => {
    LeaseMonitor.prototype.isHeld = () => false;
  },
  /** Writes land whatever was written in between. */
  cas: () => {
    const write = GrantStore.prototype.compareAndSet;
    GrantStore.prototype.compareAndSet = async function (record, changes) {
      return write.call(this, (await this.read(record.key)) ?? record, changes);
    };
  },
  /** Nobody can tell afterwards which token a dead holder meant to spend. */
  intent: () => {
    const write = GrantStore.prototype.compareAndSet;
    GrantStore.prototype.compareAndSet = function (record, changes) {
      const { refresh } = changes;
      if (refresh === undefined) return write.call(this, record, changes);
      return write.call(this, record, { ...changes, refresh: { ...refresh, spent: undefined } });
    };
  },
  /** The result of a refresh is written whoever owns the document by then: another generation, or nobody. */
  generation: () => {
    const write = GrantStore.prototype.compareAndSet;
    GrantStore.prototype.compareAndSet = async function (record, changes) {
      const written = await write.call(this, record, changes);
      if (written !== undefined || !isRefreshResult(changes)) return written;
      const current = await this.read(record.key);
      return current && write.call(this, current, changes);
    };
  },
  /** What a process has read or written once is what it goes by, not what is stored now. */
  reread: () => {
    const known = new Map<string, GrantRecord>();
    const { read, compareAndSet } = GrantStore.prototype;
    const remember = (record: GrantRecord | undefined): GrantRecord | undefined => {
      if (record !== undefined) known.set(grantId(record.key), record);
      return record;
    };
    GrantStore.prototype.read = async function (key: GrantKey) {
      return known.get(grantId(key)) ?? remember(await read.call(this, key));
    };
    GrantStore.prototype.compareAndSet = async function (record, changes) {
      return remember(await compareAndSet.call(this, record, changes));
    };
  },
};

/** Tokens without a new generation: a refresh. With one: a new authorization. */
function isRefreshResult(changes: GrantChanges): boolean {
  return changes.accessToken !== undefined && !('generation' in changes);
}
