import type { HistoryEvent } from '../history/events.ts';
import { checkAnsweredInTime } from './answered_in_time.ts';
import { Chronicle, type Violation } from './chronicle.ts';
import { checkEndedMeansEnded } from './ended_means_ended.ts';
import { checkLostForAReason } from './lost_for_a_reason.ts';
import { checkNoSecretLeaks } from './no_secret_leaks.ts';
import { checkOwnTokensOnly } from './own_tokens_only.ts';
import { checkPresentedOnce } from './presented_once.ts';
import { checkStatusIsTrue } from './status_is_true.ts';

/** Decides all seven invariants. @param folder where the workers kept their store and logs */
export function checkHistory(events: readonly HistoryEvent[], folder: string): Violation[] {
  const chronicle = new Chronicle(events);
  return [
    ...checkPresentedOnce(chronicle),
    ...checkOwnTokensOnly(chronicle),
    ...checkEndedMeansEnded(chronicle),
    ...checkLostForAReason(chronicle),
    ...checkAnsweredInTime(chronicle),
    ...checkStatusIsTrue(chronicle),
    ...checkNoSecretLeaks(chronicle, folder),
  ];
}

/** The events that have to do with a violation, as lines. */
export function sliceOf(
  events: readonly HistoryEvent[],
  violation: Violation,
  mostLines = 80,
): readonly string[] {
  const words = violation.about.filter((word) => word !== '').map((word) => `"${word}"`);
  return [...events]
    .sort((a, b) => a.at - b.at)
    .filter(
      (event) =>
        event.type === 'family_ended' || words.some((word) => JSON.stringify(event).includes(word)),
    )
    .filter((event) => event.type !== 'round')
    .slice(-mostLines)
    .map((event) => JSON.stringify(event));
}
