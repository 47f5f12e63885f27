import { stat } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ReadScope } from './read_scope.ts';

const cache = {};
const PHASES = [
  ['a timer', (run: () => void) => void setTimeout(run, 1)],
  ['an immediate', (run: () => void) => void setImmediate(run)],
  ['an I/O event', (run: () => void) => stat('.', run)],
] as const;

describe('the read scope of a request', () => {
  it.each(PHASES)(
    'checks for changes once for all reads of one promise chain in %s',
    async (_, start) => {
      const scope = new ReadScope();
      const checks = await new Promise((resolve) => {
        start(async () => {
          await undefined;
          const first = scope.needsCheck(cache);
          for (let i = 0; i < 10; i += 1) await undefined;
          resolve([first, scope.needsCheck(cache)]);
        });
      });
      expect(checks).toEqual([true, false]);
    },
  );

  it.each(PHASES)('checks again in the I/O event after %s', async (_, start) => {
    const scope = new ReadScope();
    const checks = await new Promise((resolve) => {
      start(() => {
        const first = scope.needsCheck(cache);
        stat('.', () => resolve([first, scope.needsCheck(cache)]));
        // The event is ready when this callback ends, so it comes in the next poll phase.
        const end = performance.now() + 20;
        while (performance.now() < end);
      });
    });
    expect(checks).toEqual([true, true]);
  });
});
