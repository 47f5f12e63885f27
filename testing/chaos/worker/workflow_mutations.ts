import { LeaseMonitor } from '@latchkey/saved-objects/coordination';
import type { RunRecord } from '@latchkey/workflow-engine';
import { isRecord } from '@latchkey/workflow-language';
import {
  JournalStore,
  RunAccess,
  RunExecutor,
  RunStore,
  RunWorker,
} from '@latchkey/workflows-plugin/server/testing';
import type { WorkflowMutation } from '../plan/workflow_protocol.ts';

/**
 * Disables the fence: a process that takes a run over no longer writes an entry on which a
 * suspended former owner has a conflict. Call it after the writes are watched, because an entry
 * that is not written must not be in the history.
 */
export function switchOffFence(): void {
  const { addEntry } = JournalStore.prototype;
  JournalStore.prototype.addEntry = async function (run, entry) {
    return entry.records.length === 0 || addEntry.call(this, run, entry);
  };
}

/**
 * Disables one safeguard of runs in this process, to test that the harness notices. The methods are
 * replaced in the worker only. Call it before they are watched.
 */
export function switchOffSafeguard(mutation: WorkflowMutation): void {
  SWITCHES[mutation]();
}

const SWITCHES: Record<WorkflowMutation, () => void> = {
  /** The record that a call which changes something is about to be sent is not stored. */
  intent: () => withoutRecords(({ key }) => key.includes('?sent[')),
  /** The time in an announcement is not that of the request. */
  content: () =>
    changeRecords((record) =>
      record.kind === 'value' && isRecord(record.value) && 'renderedAt' in record.value
        ? [{ ...record, value: { ...record.value, renderedAt: 0 } }]
        : [record],
    ),
  fence: () => undefined,
  /** Writes of a run succeed even when the document has changed. */
  cas: () => {
    const { compareAndSet } = RunStore.prototype;
    RunStore.prototype.compareAndSet = async function (run, changes) {
      return compareAndSet.call(this, (await this.read(run.id)) ?? run, changes);
    };
  },
  /** No process ever holds a lease. */
  lease: () => {
    LeaseMonitor.prototype.isHeld = () => false;
  },
  /**
   * A process continues its runs after it has lost them: all three ways to notice the loss are
   * disabled.
   */
  ownership: () => {
    RunExecutor.prototype.interrupt = () => undefined;
    RunWorker.prototype.isStillOwner = async () => true;
    // The watch of the executor does not see a takeover.
    const { readMany } = RunStore.prototype;
    RunStore.prototype.readMany = async function (ids) {
      const found = await readMany.call(this, ids);
      return found.map((run) => ({ ...run, epoch: 0 }));
    };
  },
  /** Runs of a process that has ended are not taken over. */
  takeover: () => {
    RunStore.prototype.ownedBy = async function* () {};
    RunStore.prototype.withOwner = async function* () {};
  },
  /** Results of steps are not stored. */
  journal: () => withoutRecords(({ kind }) => kind === 'step'),
  /** Requests to cancel do not reach the process that executes the run. */
  cancel: () => {
    RunExecutor.prototype.cancel = () => undefined;
    const { readMany } = RunStore.prototype;
    RunStore.prototype.readMany = async function (ids) {
      const found = await readMany.call(this, ids);
      return found.map(({ cancelRequestedAt: _, ...run }) => run);
    };
  },
  /** Inputs and outputs are shown to every user. */
  privacy: () => {
    RunAccess.prototype.reader = async () => () => true;
  },
};

function withoutRecords(isLeftOut: (record: RunRecord) => boolean): void {
  changeRecords((record) => (isLeftOut(record) ? [] : [record]));
}

/** Makes processes store other records in journal entries. */
function changeRecords(change: (record: RunRecord) => readonly RunRecord[]): void {
  const { addEntry } = JournalStore.prototype;
  JournalStore.prototype.addEntry = function (run, entry) {
    return addEntry.call(this, run, { ...entry, records: entry.records.flatMap(change) });
  };
}
