import type { Violation } from './history_index.ts';
import { hasEnded } from './workflow_ends.ts';
import type { WorkflowIndex } from './workflow_index.ts';

/**
 * Invariant 4: writes of a former owner have no effect.
 * The check is made per run. In the order of their numbers, the epochs of journal entries never
 * decrease, and no number is written twice. After a takeover was stored, no write of the run with
 * an earlier epoch succeeds; nor does a journal entry that is sent after the new owner has written
 * something else. A run that has ended keeps its status.
 */
export function checkFormerOwnersLose({ runs }: WorkflowIndex): Violation[] {
  return runs.flatMap(({ run, entries, writes }) => {
    const violations: Violation[] = [];
    const complain = (sentence: string): void => {
      violations.push({ invariant: 4, sentence, about: [run] });
    };
    const ordered = entries.toSorted((a, b) => a.seq - b.seq);
    for (const [index, entry] of ordered.entries()) {
      const before = ordered[index - 1];
      if (before === undefined) continue;
      if (before.seq === entry.seq) complain(`Entry ${entry.seq} of run ${run} was written twice.`);
      if (before.epoch > entry.epoch)
        complain(
          `${entry.worker} wrote entry ${entry.seq} of run ${run} with epoch ${entry.epoch} behind epoch ${before.epoch}.`,
        );
    }
    for (const taken of writes.filter(({ isTaken }) => isTaken)) {
      const late = writes.find(({ epoch, sentAt }) => epoch < taken.epoch && sentAt > taken.at);
      if (late !== undefined)
        complain(`${late.worker} wrote run ${run} after ${taken.worker} had taken it.`);
    }
    const end = writes.find(({ status }) => hasEnded(status));
    const other =
      end && writes.find(({ sentAt, status }) => sentAt > end.at && status !== end.status);
    if (end !== undefined && other !== undefined)
      complain(
        `${other.worker} wrote run ${run} as ${other.status} after ${end.worker} had ended it as ${end.status}.`,
      );
    for (const entry of entries) {
      const newer = [...entries, ...writes.filter(({ isTaken }) => !isTaken)].find(
        ({ epoch, at }) => epoch > entry.epoch && at < entry.sentAt,
      );
      if (newer !== undefined)
        complain(`${entry.worker} wrote entry ${entry.seq} of run ${run} after ${newer.worker}.`);
    }
    return violations;
  });
}
