import type { Connection } from '../history/events.ts';
import { newestPerConnection } from './ended_means_ended.ts';
import { type HistoryIndex, named, type OperationSpan, type Violation } from './history_index.ts';

/**
 * Invariant 4: a grant is lost only when a response was lost between the provider and the store;
 * then the status is `needs_reauth`, and only for that user.
 * The check has three parts.
 * 1. A family that ended by reuse must have had an earlier rotation whose response was lost.
 * 2. The user whose newest grant ended so must see `needs_reauth` with the code
 *   `refresh_response_lost`; a code that says the provider revoked the grant would be untrue.
 *   Exception: the provider acted on a request long after it was given up and after another request
 *   had refreshed the token. Only the provider can know that.
 * 3. A user who is asked to authorize, in a status or in the response to a call, must have a
 *   reason: no grant, an operation that ended it, or a family that is inactive at the provider.
 */
export function checkLostForAReason(historyIndex: HistoryIndex): Violation[] {
  return [
    ...familiesEndedByReuse(historyIndex),
    ...isTruthful(historyIndex),
    ...callersAskedToAuthorize(historyIndex),
  ];
}

function familiesEndedByReuse(historyIndex: HistoryIndex): Violation[] {
  return historyIndex
    .of('family_ended')
    .filter(
      ({ cause, family, at }) =>
        cause === 'reuse' &&
        !hadLostResponse(historyIndex, family, at) &&
        !hasActedLate(historyIndex, family),
    )
    .map(({ family }) => ({
      invariant: 4,
      sentence: `The provider ended ${family} because a token was used twice, though no response had been lost.`,
      about: [family],
    }));
}

function isTruthful(historyIndex: HistoryIndex): Violation[] {
  const revocationJobs = new Map(
    historyIndex.of('family_ended').map((event) => [event.family, event]),
  );
  return newestPerConnection(historyIndex.of('final_state')).flatMap((finalState): Violation[] => {
    const newest = untouchedGrant(historyIndex, finalState);
    if (newest?.family === undefined) return [];
    const ended = revocationJobs.get(newest.family);
    const isAskedToAuthorize = finalState.statuses.every((status) => status === 'needs_reauth');
    const about = [newest.family, finalState.user];
    if (ended === undefined) {
      if (!finalState.statuses.includes('needs_reauth')) return [];
      return [
        {
          invariant: 4,
          sentence: `${named(finalState)} is asked to authorize although the grant (${newest.family}) is active at the provider.`,
          about,
        },
      ];
    }
    const isHonest =
      ended.cause !== 'reuse' ||
      finalState.lastError === 'refresh_response_lost' ||
      hasActedLate(historyIndex, newest.family);
    if (isAskedToAuthorize && isHonest) return [];
    return [
      {
        invariant: 4,
        sentence: `The grant of ${named(finalState)} (${newest.family}) ended at the provider (${ended.cause}), and the status is ${finalState.statuses.join('/')} (${finalState.lastError ?? 'no error'}).`,
        about,
      },
    ];
  });
}

function callersAskedToAuthorize(historyIndex: HistoryIndex): Violation[] {
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
        sentence: `A caller of ${named(start)} was asked to authorize (${end.code ?? ''}) while the grant (${grant.family}) was active.`,
        about: [grant.family, end.call],
      },
    ];
  });
}

/**
 * Returns the newest stored grant, if no other operation can have changed the connection since:
 * none that ends grants, and no other authorization that overlaps with it or with the given time.
 * `undefined`: it is unknown which grant is the current one.
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

/**
 * Returns `true` if the reuse was by a request that had arrived before another one spent the token.
 */
function hasActedLate(historyIndex: HistoryIndex, family: string): boolean {
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
