import { JournalStore, RunStore, RunWorker } from '@latchkey/workflows-plugin/server/testing';
import { machineMs, type Recorder } from '../history/recorder.ts';
import type { WorkflowPoint } from '../plan/workflow_protocol.ts';

/** Records the stored changes of runs and of their journals. */
export function watchRuns(
  hooks: {
    readonly recorder: Recorder;
    readonly checkpoint: (point: WorkflowPoint) => Promise<void>;
  },
  worker: string,
): void {
  const { recorder, checkpoint } = hooks;
  const { create, compareAndSet } = RunStore.prototype;
  const { addEntry } = JournalStore.prototype;
  RunStore.prototype.create = async function (...args) {
    const run = await create.apply(this, args);
    await checkpoint('run_created');
    return run;
  };
  RunStore.prototype.compareAndSet = async function (run, changes) {
    const hasEnded = changes.finishedAt !== undefined;
    if (hasEnded) await checkpoint('before_end');
    const sentAt = machineMs();
    const written = await compareAndSet.call(this, run, changes);
    if (written === undefined) return undefined;
    // This is the epoch that the writer believes in. Without the comparison, the write may replace
    // a later epoch.
    const { epoch = run.epoch } = changes;
    const isTaken = epoch > run.epoch;
    const results = resultsOf(changes.tail);
    const { id, status } = written;
    recorder.record({
      type: 'run_written',
      worker,
      run: id,
      epoch,
      status,
      isTaken,
      results,
      sentAt,
    });
    if (isTaken) await checkpoint('run_taken');
    if (changes.waits !== undefined) await checkpoint('run_parked');
    return written;
  };
  JournalStore.prototype.addEntry = async function (run, entry) {
    const results = resultsOf(entry.records);
    if (results.length > 0) await checkpoint('before_result');
    const sentAt = machineMs();
    const isWritten = await addEntry.call(this, run, entry);
    if (!isWritten) return false;
    const { seq, epoch } = entry;
    recorder.record({ type: 'entry_written', worker, run: run.id, seq, epoch, results, sentAt });
    if (entry.records.some(({ key }) => key.includes('?sent['))) await checkpoint('intent_stored');
    if (results.length > 0) await checkpoint('result_stored');
    return true;
  };
  const { isStillOwner } = RunWorker.prototype;
  RunWorker.prototype.isStillOwner = async function (run) {
    await checkpoint('before_check');
    const isOwner = await isStillOwner.call(this, run);
    if (isOwner) recorder.record({ type: 'call_checked', worker, run: run.id });
    await checkpoint('call_checked');
    return isOwner;
  };
}

/** Returns the steps that have a result, as `step item`. */
function resultsOf(records: readonly unknown[] | undefined): readonly string[] {
  return (records ?? []).flatMap((record) => {
    if (!isStep(record)) return [];
    const iteration = record.scopes.findLast(({ kind }) => kind === 'iteration');
    // A failed attempt is not a result, because another attempt follows.
    if (record.status === 'failed') return [];
    return [`${record.name} ${iteration?.index ?? ''}`];
  });
}

interface Step {
  readonly kind: 'step';
  readonly name: string;
  readonly status: string;
  readonly scopes: readonly { readonly kind: string; readonly index: number }[];
}

function isStep(record: unknown): record is Step {
  return (
    typeof record === 'object' && record !== null && 'kind' in record && record.kind === 'step'
  );
}
