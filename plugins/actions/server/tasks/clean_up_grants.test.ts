import { createLoggerMock, ManualClock } from '@latchkey/core/server/mocks';
import { expect, it } from 'vitest';
import { GrantCleanUp, type GrantCleanUpDeps } from './clean_up_grants.ts';

const emptyScan = {
  scanned: 0,
  found: 0,
  processed: 0,
  ended: 0,
  wasAborted: false,
  failed: 0,
  firstError: undefined,
};
const { signal } = new AbortController();
const logger = () => createLoggerMock();

const depsWith = (over: {
  readonly revokeStale?: () => Promise<number>;
  readonly revokeOrphanedGrants?: GrantCleanUpDeps['revocationJobs']['revokeOrphanedGrants'];
}): GrantCleanUpDeps => ({
  tokens: { grants: { revokeStale: over.revokeStale ?? (async () => 0) } },
  revocationJobs: { revokeOrphanedGrants: over.revokeOrphanedGrants ?? (async () => emptyScan) },
  activeProfileUids: async function* () {},
  isActive: async () => true,
  clock: new ManualClock(),
  staleTokenAgeMs: 1000,
});

it('F79: the clean-up throws one error and logs the other when both of its parts fail', async () => {
  const log = logger();
  const deps = depsWith({
    revokeStale: () => Promise.reject(new Error('stale failed')),
    revokeOrphanedGrants: () => Promise.reject(new Error('orphans failed')),
  });
  await expect(new GrantCleanUp(deps).run({ signal, logger: log })).rejects.toThrow('stale failed');
  expect(log.lines).toEqual([
    expect.objectContaining({
      level: 'error',
      meta: { error: expect.objectContaining({ message: 'orphans failed' }) },
    }),
  ]);
});

it('F79: the clean-up throws the first error of the scan after it has logged what was done', async () => {
  const log = logger();
  const firstError = new Error('one user failed');
  const deps = depsWith({
    revokeOrphanedGrants: async () => ({ ...emptyScan, ended: 3, failed: 2, firstError }),
  });
  await expect(new GrantCleanUp(deps).run({ signal, logger: log })).rejects.toBe(firstError);
  expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
    ['warn', expect.stringContaining('Ended 3 authorizations of removed users')],
    ['warn', expect.stringContaining('had 2 errors')],
  ]);
});

it('F79: the clean-up logs the progress of an aborted scan', async () => {
  const log = logger();
  const deps = depsWith({
    revokeOrphanedGrants: async () => ({
      ...emptyScan,
      scanned: 300,
      found: 4,
      processed: 1,
      wasAborted: true,
    }),
  });
  await new GrantCleanUp(deps).run({ signal, logger: log });
  expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
    ['warn', expect.stringMatching(/aborted after 300 .* 1 of 4/)],
  ]);
});
