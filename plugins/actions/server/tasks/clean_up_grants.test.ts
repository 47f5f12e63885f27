import { expect, it } from '@jest/globals';
import { createLoggerMock, ManualClock } from '@latchkey/core/server/mocks';
import { cleanUpGrants, type GrantCleanUpDeps } from './clean_up_grants.ts';

const search = {
  looked: 0,
  found: 0,
  dealtWith: 0,
  ended: 0,
  wasCutOff: false,
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
  revocationJobs: { revokeOrphanedGrants: over.revokeOrphanedGrants ?? (async () => search) },
  activeProfileUids: async function* () {},
  isActive: async () => true,
  clock: new ManualClock(),
  staleTokenAgeMs: 1000,
});

it('F79: shows both failures when unused grants and leavers fail at once', async () => {
  const log = logger();
  const deps = depsWith({
    revokeStale: () => Promise.reject(new Error('stale failed')),
    revokeOrphanedGrants: () => Promise.reject(new Error('leavers failed')),
  });
  await expect(cleanUpGrants(deps, { signal, logger: log })).rejects.toThrow('stale failed');
  expect(log.lines).toEqual([
    expect.objectContaining({
      level: 'error',
      meta: { error: expect.objectContaining({ message: 'leavers failed' }) },
    }),
  ]);
});

it('F79: fails with what went wrong for some people, after it told of what was done', async () => {
  const log = logger();
  const firstError = new Error('one person failed');
  const deps = depsWith({
    revokeOrphanedGrants: async () => ({ ...search, ended: 3, failed: 2, firstError }),
  });
  await expect(cleanUpGrants(deps, { signal, logger: log })).rejects.toBe(firstError);
  expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
    ['warn', expect.stringContaining('Ended 3 authorizations of people')],
    ['warn', expect.stringContaining('failed 2 times')],
  ]);
});

it('F79: warns how far a search came that was cut off', async () => {
  const log = logger();
  const deps = depsWith({
    revokeOrphanedGrants: async () => ({
      ...search,
      looked: 300,
      found: 4,
      dealtWith: 1,
      wasCutOff: true,
    }),
  });
  await cleanUpGrants(deps, { signal, logger: log });
  expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
    ['warn', expect.stringMatching(/cut off after 300 .* 1 of 4/)],
  ]);
});
