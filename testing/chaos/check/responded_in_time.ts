import { type HistoryIndex, named, type Violation } from './history_index.ts';

/** Share by which a busy machine may exceed a deadline without a violation. */
const SLACK = 0.4;

/**
 * Invariant 5: every caller gets a response within its deadline, and readers of a valid token never
 * wait for a refresh.
 * The check is made per call. A call must end, unless its process was killed. It must take no
 * longer than its deadline, without the time for which its process was stopped. Its response must
 * be of a known class. A reader of a valid token is a call for which the store held a fresh token
 * when it began, and which was served that token. It must not have called the refresh, whatever
 * time it took. A clock change or a store fault during the call makes this undecidable.
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
      if (!killed.has(worker)) complain('got no response.');
      continue;
    }
    const tookMs = end.at - at - historyIndex.stoppedMs(worker, at, end.at);
    if (tookMs > deadlineMs * (1 + SLACK))
      complain(`took ${Math.round(tookMs)} ms, its deadline was ${deadlineMs} ms.`);
    if (end.response === 'unclassified') complain(`got an unclassified error: ${end.code}`);
    const isDecidable =
      !historyIndex.hadStoreFault(worker, at, end.at) &&
      !historyIndex.ofWorker('clock', worker).some((set) => set.at >= at && set.at <= end.at);
    if (end.waitedWithFreshToken && isDecidable)
      complain('found a fresh token in the store and called the refresh nevertheless.');
  }
  for (const { worker } of historyIndex.of('crashed')) {
    violations.push({ invariant: 5, sentence: `${worker} crashed.`, about: [worker] });
  }
  return violations;
}
