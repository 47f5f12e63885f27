import type { Connection, EventOf } from '../history/events.ts';
import { type HistoryIndex, named, type OperationSpan, type Violation } from './history_index.ts';

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
export function checkEndedMeansEnded(historyIndex: HistoryIndex): Violation[] {
  const starts = new Map(historyIndex.of('call_start').map((event) => [event.call, event]));
  const requests = Map.groupBy(historyIndex.of('api_request'), ({ owner }) => owner?.family ?? '');
  const verdicts = new Map(
    lastPerConnection(historyIndex.of('verdict')).map((verdict) => [named(verdict), verdict]),
  );
  const violations: Violation[] = [];
  for (const connection of connectionsOf(historyIndex)) {
    const verdict = verdicts.get(named(connection));
    for (const job of historyIndex.massRevocationOf(connection)) {
      if (!job.acknowledged) continue;
      const ended = historyIndex
        .connectsOf(connection)
        .filter((op) => op.acknowledged && op.endAt < job.startAt && op.family !== undefined)
        .filter((op) => !isSparedByClocks(historyIndex, op, job));
      for (const grant of ended) {
        const { family = '' } = grant;
        if (verdict !== undefined && isLeftAlive(historyIndex, { job, grant, verdict }))
          violations.push({
            invariant: 3,
            sentence: `The grant of ${named(verdict)} (${family}) was ended by ${job.what}, but it lives on at the provider and nothing waits in the outbox.`,
            about: [family, job.op, verdict.user],
          });
        const late = (requests.get(family) ?? []).find((request) =>
          isLate(historyIndex, { request, start: starts.get(request.call), job }),
        );
        if (late === undefined) continue;
        violations.push({
          invariant: 3,
          sentence: `${late.worker} called the API with a token of ${named(connection)} (${family}) in an execution that began after ${job.what} was acknowledged.`,
          about: [family, late.call, job.op],
        });
      }
    }
  }
  return violations;
}

function connectionsOf(historyIndex: HistoryIndex): Iterable<Connection> {
  const issued = historyIndex.of('issued');
  return new Map(issued.map((connection) => [named(connection), connection])).values();
}

/** A mass revocation spares what is authorized after it began. By the clocks of two servers that differ, that may be something of before. */
function isSparedByClocks(
  historyIndex: HistoryIndex,
  connect: OperationSpan,
  job: OperationSpan,
): boolean {
  const aheadMs =
    historyIndex.skewMs(connect.worker, connect.endAt) -
    historyIndex.skewMs(job.worker, job.startAt);
  return job.what === 'mass_revoke' && aheadMs > job.startAt - connect.endAt;
}

function isLate(
  historyIndex: HistoryIndex,
  late: {
    readonly request: EventOf<'api_request'>;
    readonly start: EventOf<'call_start'> | undefined;
    readonly job: OperationSpan;
  },
): boolean {
  const { request, start, job } = late;
  if (start === undefined || start.at <= job.endAt) return false;
  return !historyIndex.hadStoreFault(request.worker, start.at, request.at);
}

function isLeftAlive(
  historyIndex: HistoryIndex,
  ended: {
    readonly job: OperationSpan;
    readonly grant: OperationSpan;
    readonly verdict: EventOf<'verdict'>;
  },
): boolean {
  const { job, grant, verdict } = ended;
  if (verdict.inOutbox || !verdict.aliveFamilies.includes(grant.family ?? '')) return false;
  // An authorization in progress may have superseded it. Then its tokens are kept with the new
  // grant.
  const superseded = historyIndex
    .connectsOf(verdict)
    .some((op) => op !== grant && op.startAt < job.endAt && op.endAt > job.startAt);
  // An ending that was never acknowledged may have taken effect first, and lost its way upstream with its process.
  const earlier = historyIndex
    .massRevocationOf(verdict)
    .some((op) => !op.acknowledged && op.startAt < job.endAt && op.startAt > grant.startAt);
  return !superseded && !earlier;
}

/** The newest verdict of each connection. */
export function lastPerConnection(
  verdicts: readonly EventOf<'verdict'>[],
): readonly EventOf<'verdict'>[] {
  return [...new Map(verdicts.map((verdict) => [named(verdict), verdict])).values()];
}
