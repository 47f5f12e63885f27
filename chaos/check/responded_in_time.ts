import { type HistoryIndex, named, type Violation } from './history_index.ts';

/** What busy machines add to a deadline before it counts as broken, as a share of it. */
const SLACK = 0.4;

/**
 * Invariant 5: every caller gets an answer within its deadline, and valid readers never wait for a refresh.
 *
 * Decided per call: it ends, unless its process was killed; it takes no longer than its deadline, the time its process was stopped not counted; its
 * answer is of a known class. A valid reader is a call for which the store held a fresh token when it began and which was served that very token: it must not have
 * entered the refresh at all, whatever the time it took. (A clock that was set, or a store that failed, during the call makes that undecidable.)
 */
export function checkRespondedInTime(historyIndex: HistoryIndex): Violation[] {
  const ends = new Map(historyIndex.of('call_end').map((event) => [event.call, event]));
  const killed = new Set(historyIndex.of('killed').map(({ worker }) => worker));
  const violations: Violation[] = [];
  for (const start of historyIndex.of('call_start')) {
    const { call, worker, at, deadlineMs } = start;
    const end = ends.get(call);
    const complain = (sentence: string): void => {
      violations.push({
        invariant: 5,
        sentence: `A call of ${named(start)} in ${worker} ${sentence}`,
        about: [call, start.user, worker],
      });
    };
    if (end === undefined) {
      if (!killed.has(worker)) complain('was never answered.');
      continue;
    }
    const tookMs = end.at - at - historyIndex.stoppedMs(worker, at, end.at);
    if (tookMs > deadlineMs * (1 + SLACK))
      complain(`took ${Math.round(tookMs)} ms, its deadline was ${deadlineMs} ms.`);
    if (end.response === 'unclassified')
      complain(`was answered with an error of no class: ${end.code}`);
    const isDecidable =
      !historyIndex.hadStoreFault(worker, at, end.at) &&
      !historyIndex.ofWorker('clock', worker).some((set) => set.at >= at && set.at <= end.at);
    if (end.waitedThoughFresh && isDecidable)
      complain('had a fresh token in the store and went through the refresh all the same.');
  }
  for (const { worker } of historyIndex.of('crashed')) {
    violations.push({ invariant: 5, sentence: `${worker} ended by itself.`, about: [worker] });
  }
  return violations;
}
