import type { HistoryEvent } from '../history/events.ts';
import { checkEndedMeansEnded } from './ended_means_ended.ts';
import { HistoryIndex, type Violation } from './history_index.ts';
import { checkLostForAReason } from './lost_for_a_reason.ts';
import { checkNoSecretLeaks } from './no_secret_leaks.ts';
import { checkOwnTokensOnly } from './own_tokens_only.ts';
import { checkPresentedOnce } from './presented_once.ts';
import { checkRespondedInTime } from './responded_in_time.ts';
import { checkStatusIsTrue } from './status_is_true.ts';

/** Checks all seven invariants on a history. */
export function checkHistory(events: readonly HistoryEvent[]): Violation[] {
  const historyIndex = new HistoryIndex(events);
  return [
    ...checkPresentedOnce(historyIndex),
    ...checkOwnTokensOnly(historyIndex),
    ...checkEndedMeansEnded(historyIndex),
    ...checkLostForAReason(historyIndex),
    ...checkRespondedInTime(historyIndex),
    ...checkStatusIsTrue(historyIndex),
    ...checkNoSecretLeaks(historyIndex),
  ];
}

/**
 * Maximum violations of one kind in a report. Hundreds of callers use the same token, so one fault
 * causes many.
 */
const MAX_OF_A_KIND = 6;

/** Returns the events that are relevant for a violation, one line each. */
export function sliceOf(
  events: readonly HistoryEvent[],
  violation: Violation,
  maxLines = 80,
): readonly string[] {
  const words = violation.about.filter((word) => word !== '').map((word) => `"${word}"`);
  const seen = new Map<string, number>();
  return events
    .toSorted((a, b) => a.at - b.at)
    .filter(
      (event) =>
        event.type === 'family_ended' || words.some((word) => JSON.stringify(event).includes(word)),
    )
    .filter((event) => event.type !== 'round' && !isRepetition(event, violation, seen))
    .slice(-maxLines)
    .map((event) => JSON.stringify(event));
}

function isRepetition(
  event: HistoryEvent,
  { about }: Violation,
  seen: Map<string, number>,
): boolean {
  if (event.type !== 'api_request' && event.type !== 'call_start') return false;
  if (about.includes(event.call)) return false;
  const kind = [event.type, event.worker, event.type === 'api_request' ? event.token : ''].join();
  const times = (seen.get(kind) ?? 0) + 1;
  seen.set(kind, times);
  return times > MAX_OF_A_KIND;
}
