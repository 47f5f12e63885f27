import type { Connection } from '../history/events.ts';
import { lastPerConnection } from './ended_means_ended.ts';
import { type HistoryIndex, named, type OperationSpan, type Violation } from './history_index.ts';

/**
 * Invariant 4: a grant is lost only when an answer was lost between the provider and the store; then the status says `needs_reauth`, and says it to that
 * person only.
 *
 * Decided three times. A family that ended by reuse must have had a rotation whose answer was lost before. The person whose newest
 * grant ended so must be told `needs_reauth` with the code `refresh_response_lost`; that the provider took the grant away would be untrue. (Not when the provider acted on a
 * request so late that it had been given up, and the token refreshed by another one, long before: nobody but the provider can know that.) And whoever is told to authorize,
 * in a status or as the answer to a call, must have a reason: no grant, an ending, or a family that is dead at the provider.
 */
export function checkLostForAReason(historyIndex: HistoryIndex): Violation[] {
  return [
    ...familiesEndedByReuse(historyIndex),
    ...toldTheTruth(historyIndex),
    ...callersSentAway(historyIndex),
  ];
}

function familiesEndedByReuse(historyIndex: HistoryIndex): Violation[] {
  return historyIndex
    .of('family_ended')
    .filter(
      ({ cause, family, at }) =>
        cause === 'reuse' &&
        !hadLostResponse(historyIndex, family, at) &&
        !wasActedLate(historyIndex, family),
    )
    .map(({ family }) => ({
      invariant: 4,
      sentence: `The provider ended ${family} because a token was used twice, though no answer had been lost.`,
      about: [family],
    }));
}

function toldTheTruth(historyIndex: HistoryIndex): Violation[] {
  const revocationJobs = new Map(
    historyIndex.of('family_ended').map((event) => [event.family, event]),
  );
  return lastPerConnection(historyIndex.of('verdict')).flatMap((verdict): Violation[] => {
    const newest = untouchedGrant(historyIndex, verdict);
    if (newest?.family === undefined) return [];
    const ended = revocationJobs.get(newest.family);
    const told = verdict.statuses.every((status) => status === 'needs_reauth');
    const about = [newest.family, verdict.user];
    if (ended === undefined) {
      if (!verdict.statuses.includes('needs_reauth')) return [];
      return [
        {
          invariant: 4,
          sentence: `${named(verdict)} is told to authorize although the grant (${newest.family}) lives at the provider.`,
          about,
        },
      ];
    }
    const isHonest =
      ended.cause !== 'reuse' ||
      verdict.lastError === 'refresh_response_lost' ||
      wasActedLate(historyIndex, newest.family);
    if (told && isHonest) return [];
    return [
      {
        invariant: 4,
        sentence: `The grant of ${named(verdict)} (${newest.family}) ended at the provider (${ended.cause}), and the status says ${verdict.statuses.join('/')} (${verdict.lastError ?? 'no error'}).`,
        about,
      },
    ];
  });
}

function callersSentAway(historyIndex: HistoryIndex): Violation[] {
  const starts = new Map(historyIndex.of('call_start').map((event) => [event.call, event]));
  const revocationJobs = new Map(
    historyIndex.of('family_ended').map((event) => [event.family, event.at]),
  );
  return historyIndex.of('call_end').flatMap((end): Violation[] => {
    const start = starts.get(end.call);
    if (end.response !== 'authorize' || start === undefined) return [];
    const grant = untouchedGrant(historyIndex, start, { from: start.at, to: end.at });
    if (grant?.family === undefined || (revocationJobs.get(grant.family) ?? Infinity) <= end.at)
      return [];
    return [
      {
        invariant: 4,
        sentence: `A caller of ${named(start)} was told to authorize (${end.code ?? ''}) while the grant (${grant.family}) lived.`,
        about: [grant.family, end.call],
      },
    ];
  });
}

/**
 * The newest stored grant, if nothing else can have touched the connection since: no ending, and no other authorization that overlaps with it or with the
 * time looked at. `undefined`: it cannot be said which grant counts.
 */
export function untouchedGrant(
  historyIndex: HistoryIndex,
  connection: Connection,
  time: { readonly from: number; readonly to: number } = { from: Infinity, to: Infinity },
): OperationSpan | undefined {
  const connects = historyIndex.connectsOf(connection).filter((op) => op.startAt <= time.to);
  const newest = connects.toSorted((a, b) => a.startAt - b.startAt).at(-1);
  if (newest === undefined || !newest.acknowledged || newest.endAt > time.from) return undefined;
  const overlaps = connects.some((op) => op !== newest && op.endAt > newest.startAt);
  const ended = historyIndex
    .massRevocationOf(connection)
    .some((op) => op.startAt <= time.to && op.endAt > newest.startAt);
  return overlaps || ended ? undefined : newest;
}

/** Whether the reuse was that of a request which had arrived before the token was spent by another one. */
function wasActedLate(historyIndex: HistoryIndex, family: string): boolean {
  const all = [...historyIndex.presentations.values()].filter(
    ({ presented }) => presented.family === family,
  );
  return all.some(
    ({ presented, acted }) =>
      acted?.result === 'reuse' &&
      all.some(
        (other) =>
          other.acted?.result === 'rotated' &&
          other.presented.token === presented.token &&
          other.acted.at > presented.at,
      ),
  );
}

function hadLostResponse(historyIndex: HistoryIndex, family: string, at: number): boolean {
  return [...historyIndex.presentations.values()].some(
    (presentation) =>
      presentation.presented.family === family &&
      presentation.acted?.result === 'rotated' &&
      historyIndex.wasResponseLost(presentation, at),
  );
}
