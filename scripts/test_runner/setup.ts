import fc from 'fast-check';
import { afterAll, vi } from 'vitest';

/**
 * Seed of every property: the same values in every run, so that a run fails only because of a
 * change. `PROPERTY_SEED=random` searches for others, and `PROPERTY_SEED=123` repeats those of a
 * failure, which names its seed.
 */
const SEED = 20261129;
const { PROPERTY_SEED: chosen = String(SEED) } = process.env;

if (chosen !== 'random') fc.configureGlobal({ seed: Number(chosen) });

// Test files in one process share modules and globals: what a file replaces must not reach the
// next one.
afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});
