import { newestPerConnection } from './ended_means_ended.ts';
import { type HistoryIndex, named, type Violation } from './history_index.ts';
import { untouchedGrant } from './lost_for_a_reason.ts';

/**
 * Invariant 6: after quiescence the status of every connection agrees with the provider.
 * Quiescence means: faults are removed, all processes run, time has passed beyond every backoff,
 * one call was made through every connection (a provider does not announce that it ended a grant,
 * so a call must find out), and the outbox was processed. Then:
 * - all processes must report the same status;
 * - it must be `connected` exactly when the last call succeeded;
 * - a connection that is not connected must not have an active newest grant;
 * - no work may be unfinished: no `refresh_failing`, no temporary failure, no `revocation_pending`
 *   without an entry in the outbox, and no object that needs a key which a rotation removes.
 */
export function checkStatusIsTrue(historyIndex: HistoryIndex): Violation[] {
  const violations: Violation[] = [...keysTakenTooEarly(historyIndex)];
  for (const finalState of newestPerConnection(historyIndex.of('final_state'))) {
    const report = (sentence: string): void => {
      violations.push({
        invariant: 6,
        sentence: `${named(finalState)}: ${sentence}`,
        about: [finalState.user, ...finalState.aliveFamilies],
      });
    };
    const [status = 'unknown'] = finalState.statuses;
    if (finalState.statuses.some((other) => other !== status))
      report(`processes report different statuses (${finalState.statuses.join(', ')}).`);
    const isConnected = status === 'connected' || status === 'expiring';
    if (isConnected !== (finalState.probe === 'ok'))
      report(`the status is ${status}, and the result of a call was ${finalState.probe}.`);
    if (finalState.probe !== 'ok' && finalState.probe !== 'authorize')
      report(`the result of a call is still ${finalState.probe} after quiescence.`);
    if (status === 'refresh_failing')
      report('the status is still refresh_failing after quiescence.');
    if (status === 'revocation_pending' && !finalState.inOutbox)
      report('the status is revocation_pending, and nothing is left to revoke.');
    const newest = untouchedGrant(historyIndex, finalState)?.family;
    if (newest === undefined) continue;
    const isActive = finalState.aliveFamilies.includes(newest);
    if (isActive !== isConnected)
      report(
        `the status is ${status}, and the newest grant (${newest}) is ${isActive ? 'active' : 'inactive'}.`,
      );
    if (isConnected && finalState.probeFamily !== newest)
      report(
        `calls use ${finalState.probeFamily ?? 'nothing'}, and the newest grant is ${newest}.`,
      );
  }
  return violations;
}

/**
 * Returns a violation for each earlier key that the last step of a rotation removed although
 * objects still needed it.
 */
function keysTakenTooEarly(historyIndex: HistoryIndex): Violation[] {
  return historyIndex
    .of('keys')
    .filter(({ step, left }) => step === 'retired' && left > 0)
    .map(({ key, left }) => ({
      invariant: 6,
      sentence: `After quiescence and rotation to key ${key}, ${left} objects still need an earlier key or cannot be read.`,
      about: ['keys'],
    }));
}
