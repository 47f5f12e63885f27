import { setTimeout as delay } from 'node:timers/promises';
import { createProcessLivenessProbe, type ProcessState } from './process_liveness_probe.ts';

/** Milliseconds after which a test that hangs fails. */
const TIMEOUT_MS = 60_000;

/**
 * Waits until a process of this machine has the given state.
 * @param identity `processIdentity` of a probe for the process
 */
export async function untilProcess(identity: string, state: ProcessState): Promise<void> {
  const probe = createProcessLivenessProbe();
  const until = performance.now() + TIMEOUT_MS;
  while (probe.stateOf(identity) !== state) {
    if (performance.now() > until)
      throw new Error(`The process is [${probe.stateOf(identity)}], expected [${state}].`);
    await delay(5);
  }
}
