import type { Connection } from '../history/events.ts';
import { type Chronicle, named, type OperationSpan, type Violation } from './chronicle.ts';
import { lastPerConnection } from './ended_means_ended.ts';

/**
 * Invariant 4: a grant is lost only when an answer was lost between the provider and the store; then the status says `needs_reauth`, and says it to that
 * person only.
 *
 * Decided three times. A family that ended by reuse must have had a rotation whose answer was lost before. The person whose newest
 * grant ended so must be told `needs_reauth` with the code `refresh_answer_lost`; that the provider took the grant away would be untrue. (Not when the provider acted on a
 * request so late that it had been given up, and the token refreshed by another one, long before: nobody but the provider can know that.) And whoever is told to authorize,
 * in a status or as the answer to a call, must have a reason: no grant, an ending, or a family that is dead at the provider.
 */
export function checkLostForAReason(chronicle: Chronicle): Violation[] {
  return [
    ...familiesEndedByReuse(chronicle),
    ...toldTheTruth(chronicle),
    ...callersSentAway(chronicle),
  ];
}

function familiesEndedByReuse(chronicle: Chronicle): Violation[] {
  return chronicle
    .of('family_ended')
    .filter(
      ({ cause, family, at }) =>
        cause === 'reuse' &&
        !hadLostAnswer(chronicle, family, at) &&
        !wasActedLate(chronicle, family),
    )
    .map(({ family }) => ({
      invariant: 4,
      sentence: `The provider ended ${family} because a token was used twice, though no answer had been lost.`,
      about: [family],
    }));
}

function toldTheTruth(chronicle: Chronicle): Violation[] {
  const endings = new Map(chronicle.of('family_ended').map((event) => [event.family, event]));
  return lastPerConnection(chronicle.of('verdict')).flatMap((verdict): Violation[] => {
    const newest = untouchedGrant(chronicle, verdict);
    if (newest?.family === undefined) return [];
    const ended = endings.get(newest.family);
    const told = verdict.statuses.every((status) => status === 'needs_reauth');
    const about = [newest.family, verdict.person];
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
      verdict.lastError === 'refresh_answer_lost' ||
      wasActedLate(chronicle, newest.family);
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

function callersSentAway(chronicle: Chronicle): Violation[] {
  const starts = new Map(chronicle.of('call_start').map((event) => [event.call, event]));
  const endings = new Map(chronicle.of('family_ended').map((event) => [event.family, event.at]));
  return chronicle.of('call_end').flatMap((end): Violation[] => {
    const start = starts.get(end.call);
    if (end.answer !== 'authorize' || start === undefined) return [];
    const grant = untouchedGrant(chronicle, start, { from: start.at, to: end.at });
    if (grant?.family === undefined || (endings.get(grant.family) ?? Infinity) <= end.at) return [];
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
  chronicle: Chronicle,
  connection: Connection,
  time: { readonly from: number; readonly to: number } = { from: Infinity, to: Infinity },
): OperationSpan | undefined {
  const connects = chronicle.connectsOf(connection).filter((op) => op.startAt <= time.to);
  const newest = connects.toSorted((a, b) => a.startAt - b.startAt).at(-1);
  if (newest === undefined || !newest.acknowledged || newest.endAt > time.from) return undefined;
  const overlaps = connects.some((op) => op !== newest && op.endAt > newest.startAt);
  const ended = chronicle
    .endingsOf(connection)
    .some((op) => op.startAt <= time.to && op.endAt > newest.startAt);
  return overlaps || ended ? undefined : newest;
}

/** Whether the reuse was that of a request which had arrived before the token was spent by another one. */
function wasActedLate(chronicle: Chronicle, family: string): boolean {
  const all = [...chronicle.presentations.values()].filter(
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

function hadLostAnswer(chronicle: Chronicle, family: string, at: number): boolean {
  return [...chronicle.presentations.values()].some(
    (presentation) =>
      presentation.presented.family === family &&
      presentation.acted?.result === 'rotated' &&
      chronicle.wasAnswerLost(presentation, at),
  );
}
