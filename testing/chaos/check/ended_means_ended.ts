import type { Connection, EventOf } from '../history/events.ts';
import { type HistoryIndex, named, type OperationSpan, type Violation } from './history_index.ts';

/**
 * Invariant 3: after a disconnect was acknowledged, no request with that grant starts, and each of
 * its tokens is revoked at the provider or waits in the outbox. A removed user, and an edit that
 * moves the connector to another client, end grants in the same way.
 * The check is made per acknowledged operation. Its grants are those that were acknowledged as
 * stored before it began. No execution that began after the acknowledgement may reach the API with
 * one of their tokens, unless its own process could not read the store, and so could not see that
 * the grant has ended. After quiescence all of them must be inactive at the provider or wait in the
 * outbox, including those that a later authorization superseded. Exception: a grant that is
 * superseded while it is being ended may be kept with its successor (ADR 10). Clock skew is no
 * exception: a mass revocation ends each grant that existed when it began (ADR 14).
 */
export function checkEndedMeansEnded(historyIndex: HistoryIndex): Violation[] {
  const starts = new Map(historyIndex.of('call_start').map((event) => [event.call, event]));
  const requests = Map.groupBy(historyIndex.of('api_request'), ({ owner }) => owner?.family ?? '');
  const finalStates = new Map(
    newestPerConnection(historyIndex.of('final_state')).map((finalState) => [
      named(finalState),
      finalState,
    ]),
  );
  const violations: Violation[] = [];
  for (const connection of connectionsOf(historyIndex)) {
    const finalState = finalStates.get(named(connection));
    for (const job of historyIndex.massRevocationOf(connection)) {
      if (!job.acknowledged) continue;
      const ended = historyIndex
        .connectsOf(connection)
        .filter((op) => op.acknowledged && op.endAt < job.startAt && op.family !== undefined);
      for (const grant of ended) {
        const { family = '' } = grant;
        if (finalState !== undefined && isLeftAlive(historyIndex, { job, grant, finalState }))
          violations.push({
            invariant: 3,
            sentence: `The grant of ${named(finalState)} (${family}) was ended by ${job.what}, but it is active at the provider and nothing waits in the outbox.`,
            about: [family, job.op, finalState.user],
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
    readonly finalState: EventOf<'final_state'>;
  },
): boolean {
  const { job, grant, finalState } = ended;
  if (finalState.inOutbox || !finalState.aliveFamilies.includes(grant.family ?? '')) return false;
  // If a concurrent authorization superseded the grant, its tokens are kept with the new grant.
  const superseded = historyIndex
    .connectsOf(finalState)
    .some((op) => op !== grant && op.startAt < job.endAt && op.endAt > job.startAt);
  // An operation that was never acknowledged may have ended the grant first, and its process may
  // have died before it called the provider.
  const earlier = historyIndex
    .massRevocationOf(finalState)
    .some((op) => !op.acknowledged && op.startAt < job.endAt && op.startAt > grant.startAt);
  return !superseded && !earlier;
}

/** Returns the newest final state of each connection. */
export function newestPerConnection(
  finalStates: readonly EventOf<'final_state'>[],
): readonly EventOf<'final_state'>[] {
  return [...new Map(finalStates.map((finalState) => [named(finalState), finalState])).values()];
}
