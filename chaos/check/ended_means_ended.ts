import type { Connection, EventOf } from '../history/events.ts';
import { type Chronicle, named, type OperationSpan, type Violation } from './chronicle.ts';

/**
 * Invariant 3: after a disconnect was acknowledged, no request with that grant starts, and every
 * one of its tokens is revoked upstream or waits in the outbox. A removed person and an edit that
 * moves the connector to another client end grants in the same way.
 *
 * Decided per acknowledged ending. Its grants are those that were acknowledged as stored before it
 * began. No execution that began after the acknowledgement may reach the API with one of their
 * tokens, unless its own process could not read the store, and with it the ending. After everything
 * came to rest the all of them must be dead at the provider or wait in the outbox, also those that
 * a later authorization superseded. (A mass revocation spares what is authorized after it began,
 * which is decided by the clocks of two servers. A grant that is superseded while it is being ended
 * may be kept with its successor: ADR 10.)
 */
export function checkEndedMeansEnded(chronicle: Chronicle): Violation[] {
  const starts = new Map(chronicle.of('call_start').map((event) => [event.call, event]));
  const requests = Map.groupBy(chronicle.of('api_request'), ({ owner }) => owner?.family ?? '');
  const verdicts = new Map(
    lastPerConnection(chronicle.of('verdict')).map((verdict) => [named(verdict), verdict]),
  );
  const violations: Violation[] = [];
  for (const connection of connectionsOf(chronicle)) {
    const verdict = verdicts.get(named(connection));
    for (const ending of chronicle.endingsOf(connection)) {
      if (!ending.acknowledged) continue;
      const ended = chronicle
        .connectsOf(connection)
        .filter((op) => op.acknowledged && op.endAt < ending.startAt && op.family !== undefined)
        .filter((op) => !isSparedByClocks(chronicle, op, ending));
      for (const grant of ended) {
        const { family = '' } = grant;
        if (verdict !== undefined && isLeftAlive(chronicle, { ending, grant, verdict }))
          violations.push({
            invariant: 3,
            sentence: `The grant of ${named(verdict)} (${family}) was ended by ${ending.what}, but it lives on at the provider and nothing waits in the outbox.`,
            about: [family, ending.op, verdict.person],
          });
        const late = (requests.get(family) ?? []).find((request) =>
          isLate(chronicle, { request, start: starts.get(request.call), ending }),
        );
        if (late === undefined) continue;
        violations.push({
          invariant: 3,
          sentence: `${late.worker} called the API with a token of ${named(connection)} (${family}) in an execution that began after ${ending.what} was acknowledged.`,
          about: [family, late.call, ending.op],
        });
      }
    }
  }
  return violations;
}

function connectionsOf(chronicle: Chronicle): Iterable<Connection> {
  const issued = chronicle.of('issued');
  return new Map(issued.map((connection) => [named(connection), connection])).values();
}

/** A mass revocation spares what is authorized after it began. By the clocks of two servers that differ, that may be something of before. */
function isSparedByClocks(
  chronicle: Chronicle,
  connect: OperationSpan,
  ending: OperationSpan,
): boolean {
  const aheadMs =
    chronicle.skewMs(connect.worker, connect.endAt) -
    chronicle.skewMs(ending.worker, ending.startAt);
  return ending.what === 'mass_revoke' && aheadMs > ending.startAt - connect.endAt;
}

function isLate(
  chronicle: Chronicle,
  late: {
    readonly request: EventOf<'api_request'>;
    readonly start: EventOf<'call_start'> | undefined;
    readonly ending: OperationSpan;
  },
): boolean {
  const { request, start, ending } = late;
  if (start === undefined || start.at <= ending.endAt) return false;
  return !chronicle.hadStoreFault(request.worker, start.at, request.at);
}

function isLeftAlive(
  chronicle: Chronicle,
  ended: {
    readonly ending: OperationSpan;
    readonly grant: OperationSpan;
    readonly verdict: EventOf<'verdict'>;
  },
): boolean {
  const { ending, grant, verdict } = ended;
  if (verdict.inOutbox || !verdict.aliveFamilies.includes(grant.family ?? '')) return false;
  // An authorization in progress may have superseded it. Then its tokens are kept with the new
  // grant.
  const superseded = chronicle
    .connectsOf(verdict)
    .some((op) => op !== grant && op.startAt < ending.endAt && op.endAt > ending.startAt);
  // An ending that was never acknowledged may have taken effect first, and lost its way upstream with its process.
  const earlier = chronicle
    .endingsOf(verdict)
    .some((op) => !op.acknowledged && op.startAt < ending.endAt && op.startAt > grant.startAt);
  return !superseded && !earlier;
}

/** The newest verdict of each connection. */
export function lastPerConnection(
  verdicts: readonly EventOf<'verdict'>[],
): readonly EventOf<'verdict'>[] {
  return [...new Map(verdicts.map((verdict) => [named(verdict), verdict])).values()];
}
