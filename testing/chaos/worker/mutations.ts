import {
  type GrantChanges,
  type GrantKey,
  type GrantRecord,
  GrantStore,
  grantId,
} from '@latchkey/actions-plugin/server/testing';
import { LeaseMonitor } from '@latchkey/saved-objects/coordination';
import type { Mutation } from '../plan/protocol.ts';

/**
 * Disables one safeguard in this process, to test that the harness notices. The production code is
 * not changed: the methods are replaced in the worker only.
 */
export function switchOff(mutation: Mutation): void {
  SWITCHES[mutation]();
}

const SWITCHES: Record<Mutation, () => void> = {
  /** No process ever holds a lease, of a refresh or of other work. */
  lease: () => {
    LeaseMonitor.prototype.isHeld = () => false;
  },
  /** Writes succeed even when the document changed after it was read. */
  cas: () => {
    const write = GrantStore.prototype.compareAndSet;
    GrantStore.prototype.compareAndSet = async function (record, changes) {
      return write.call(this, (await this.read(record.key)) ?? record, changes);
    };
  },
  /** The token that a killed holder was about to spend is not recorded. */
  intent: () => {
    const write = GrantStore.prototype.compareAndSet;
    GrantStore.prototype.compareAndSet = function (record, changes) {
      const { refresh } = changes;
      if (refresh === undefined) return write.call(this, record, changes);
      return write.call(this, record, { ...changes, refresh: { ...refresh, spent: undefined } });
    };
  },
  /**
   * The result of a refresh is written even if the document then belongs to another generation or
   * owner.
   */
  generation: () => {
    const write = GrantStore.prototype.compareAndSet;
    GrantStore.prototype.compareAndSet = async function (record, changes) {
      const written = await write.call(this, record, changes);
      if (written !== undefined || !isRefreshResult(changes)) return written;
      const current = await this.read(record.key);
      return current && write.call(this, current, changes);
    };
  },
  /** A process uses what it has read or written, not what is stored now. */
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

/**
 * Returns `true` if changes are the result of a refresh: new tokens with the same generation. With
 * a new generation, they are the result of an authorization.
 */
function isRefreshResult(changes: GrantChanges): boolean {
  return changes.accessToken !== undefined && !('generation' in changes);
}
