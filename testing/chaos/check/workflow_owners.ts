import type { Violation } from './history_index.ts';
import type { WorkflowIndex } from './workflow_index.ts';

/** Invariant 6: a run acts as its user, and only that user can read its inputs and outputs. */
export function checkRunsBelongToUsers({ runs }: WorkflowIndex): Violation[] {
  return runs.flatMap(({ run, user, requests, final }) => {
    const foreign = requests.filter(({ sent }) => sent.owner !== undefined && sent.owner !== user);
    const sentences = foreign.map(
      ({ sent }) => `Run ${run} of ${user} used the account of ${sent.owner} (${sent.request}).`,
    );
    if (final?.owners.some((owner) => owner !== user))
      sentences.push(`Run ${run} of ${user} has outputs of ${final.owners.join(', ')}.`);
    if (final?.isShownToOthers)
      sentences.push(`Another user can read inputs or outputs of run ${run} of ${user}.`);
    return sentences.map((sentence) => ({ invariant: 6, sentence, about: [run] }) as const);
  });
}
