import { describe, expect, it } from 'vitest';
import { MemoryRecorder } from '../history/recorder.ts';
import type { KeySet } from '../plan/protocol.ts';
import { type KeyHolders, KeyPlan } from './key_plan.ts';

const WORKERS = 4;

/**
 * Workers that change their keys one after the other, so that every intermediate state is tested.
 */
class Fleet implements KeyHolders {
  readonly sets: KeySet[];
  /** Number of objects that a rotation leaves on earlier keys. */
  left = 0;
  /** `false` once a worker could not read what another worker wrote. */
  isReadable = true;

  constructor(plan: KeyPlan) {
    this.sets = Array.from({ length: WORKERS }, (_, index) => plan.keysFor(index));
  }

  at = () => ({ ask: async () => ({ old: this.left, unreadable: 0, failed: 0 }) });

  async sendEach(commandFor: Parameters<KeyHolders['sendEach']>[0]): Promise<void> {
    for (const index of this.sets.keys()) {
      const command = commandFor(index);
      if (command.do !== 'keys') continue;
      this.sets[index] = command.keys;
      const written = new Set(this.sets.map(({ primary }) => primary));
      this.isReadable &&= this.sets.every(({ primary, decryptionOnly }) =>
        [...written].every((key) => key === primary || decryptionOnly.includes(key)),
      );
    }
  }
}

const aPlan = () => {
  const recorder = new MemoryRecorder();
  const plan = new KeyPlan(recorder);
  const fleet = new Fleet(plan);
  const steps = () =>
    recorder.take().flatMap((event) => (event.type === 'keys' ? [event.step] : []));
  return { plan, fleet, steps };
};

describe('a key rotation during rounds', () => {
  it('lets every worker read what any worker writes, at every moment', async () => {
    const { plan, fleet, steps } = aPlan();
    for (let step = 0; step < 6; step += 1) await plan.advance(fleet, step % WORKERS);
    expect(fleet.isReadable).toBe(true);
    const second = ['swapped', 'reencrypted', 'retired'];
    expect(steps()).toEqual([...second, 'added', ...second, 'added', ...second, 'added']);
    expect(new Set(fleet.sets.map(({ primary }) => primary)).size).toBe(2);
  });

  it('removes no key that an object still needs, and tries again later', async () => {
    const { plan, fleet, steps } = aPlan();
    fleet.left = 3;
    await plan.advance(fleet, 0);
    expect(steps()).toEqual(['swapped', 'reencrypted']);
    expect(fleet.sets.every(({ decryptionOnly }) => decryptionOnly.length === 1)).toBe(true);
    fleet.left = 0;
    await plan.completeRotation(fleet);
    expect(steps()).toEqual(['reencrypted', 'retired']);
    expect(fleet.sets.every(({ decryptionOnly }) => decryptionOnly.length === 0)).toBe(true);
  });
});
