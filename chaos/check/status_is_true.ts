import { lastPerConnection } from './ended_means_ended.ts';
import { type HistoryIndex, named, type Violation } from './history_index.ts';
import { untouchedGrant } from './lost_for_a_reason.ts';

/**
 * Invariant 6: after quiescence the status of every connection equals the truth at the provider.
 *
 * At rest means: faults over, everybody running, time passed beyond every backoff, one call made through every connection (a provider tells
 * nobody that it ended a grant, so somebody has to ask), the outbox worked off. Then all processes must tell the same status; it is `connected` exactly when the last call
 * succeeded; a connection that is not connected has no living newest grant; and nothing may be half-way: no `refresh_failing`, no passing failure, no
 * `revocation_pending` without an entry that says what is left to revoke, and no object that needs a key which a rotation takes away.
 */
export function checkStatusIsTrue(historyIndex: HistoryIndex): Violation[] {
  const violations: Violation[] = [...keysTakenTooEarly(historyIndex)];
  for (const verdict of lastPerConnection(historyIndex.of('verdict'))) {
    const complain = (sentence: string): void => {
      violations.push({
        invariant: 6,
        sentence: `${named(verdict)}: ${sentence}`,
        about: [verdict.user, ...verdict.aliveFamilies],
      });
    };
    const [status = 'unknown'] = verdict.statuses;
    if (verdict.statuses.some((other) => other !== status))
      complain(`processes tell different statuses (${verdict.statuses.join(', ')}).`);
    const isConnected = status === 'connected' || status === 'expiring';
    if (isConnected !== (verdict.probe === 'ok'))
      complain(`the status is ${status}, and a call was answered with ${verdict.probe}.`);
    if (verdict.probe !== 'ok' && verdict.probe !== 'authorize')
      complain(`a call is still answered with ${verdict.probe} after everything came to rest.`);
    if (status === 'refresh_failing') complain('the status is still refresh_failing at rest.');
    if (status === 'revocation_pending' && !verdict.inOutbox)
      complain('the status is revocation_pending, and nothing is left to revoke.');
    const newest = untouchedGrant(historyIndex, verdict)?.family;
    if (newest === undefined) continue;
    const lives = verdict.aliveFamilies.includes(newest);
    if (lives !== isConnected)
      complain(
        `the status is ${status}, and the newest grant (${newest}) is ${lives ? 'alive' : 'dead'}.`,
      );
    if (isConnected && verdict.probeFamily !== newest)
      complain(`calls use ${verdict.probeFamily ?? 'nothing'}, and the newest grant is ${newest}.`);
  }
  return violations;
}

/** The last step of a key rotation takes the earlier key away. */
function keysTakenTooEarly(historyIndex: HistoryIndex): Violation[] {
  return historyIndex
    .of('keys')
    .filter(({ step, left }) => step === 'retired' && left > 0)
    .map(({ key, left }) => ({
      invariant: 6,
      sentence: `After everything came to rest and was moved to key ${key}, ${left} objects still need an earlier key or cannot be read.`,
      about: ['keys'],
    }));
}
