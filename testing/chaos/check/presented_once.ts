import type { HistoryIndex, Presentation, Violation } from './history_index.ts';

/**
 * Invariant 1: no refresh token is presented twice, unless the provider's response to the first
 * presentation was lost.
 * The check is made per token over all its presentations, in the order in which they reached the
 * provider. A second one is correct only when, before it arrived, the provider had responded to the
 * first without acting on it (5xx, 429, a refused client, a token already invalid), or that
 * response was lost ({@link HistoryIndex.wasResponseLost}). Two overlapping presentations are
 * therefore a violation, and so is a second one while the first presenter is only stopped.
 */
export function checkPresentedOnce(historyIndex: HistoryIndex): Violation[] {
  const byToken = Map.groupBy(
    historyIndex.presentations.values(),
    ({ presented }) => presented.token,
  );
  const violations: Violation[] = [];
  for (const presentations of byToken.values()) {
    for (const [index, second] of presentations.entries()) {
      const first = presentations[index - 1];
      if (first === undefined || mayRepeat(historyIndex, first, second)) continue;
      violations.push({
        invariant: 1,
        sentence: `${first.presented.worker} presented a refresh token (${first.presented.presentation}, ${first.acted?.result ?? 'no response yet'}), and ${second.presented.worker} presented it again (${second.presented.presentation}) although no response was lost.`,
        about: [
          first.presented.token,
          first.presented.family ?? '',
          first.presented.presentation,
          second.presented.presentation,
          first.presented.worker,
          second.presented.worker,
        ],
      });
    }
  }
  return violations;
}

function mayRepeat(historyIndex: HistoryIndex, first: Presentation, second: Presentation): boolean {
  const { at } = second.presented;
  if (historyIndex.wasResponseLost(first, at)) return true;
  const hasResponse = first.responded !== undefined && first.responded.at <= at;
  return hasResponse && first.acted !== undefined && first.acted.result !== 'rotated';
}
