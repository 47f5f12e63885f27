import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createTokenFixture, type TokenFixture } from '../tokens/tokens.mock.ts';
import { convertLegacyJobs } from './legacy_jobs.ts';
import { RevocationJobStore } from './revocation_job_store.ts';

const client = {
  dialect: 'standard',
  authorizationEndpoint: 'https://idp.example.com/authorize',
  tokenEndpoint: 'https://idp.example.com/token',
  revocationEndpoint: 'https://idp.example.com/revoke',
  clientId: 'development-client',
  tokenEndpointAuthMethod: 'none',
} as const;
const counts = { total: 4, ended: 3, unrevocable: 0, failed: 1, waiting: 2 };
const legacy = {
  scope: 'person',
  profileUid: 'u_ana',
  reason: 'user_removed',
  state: 'running',
  isSettled: false,
  createdAt: '2030-01-01T00:00:00.000Z',
  client,
  ...counts,
  fates: { failed: 1, unsupported: 0, replaced: 0 },
} as const;

let fixture: TokenFixture;
beforeEach(async () => {
  fixture = await createTokenFixture();
});
afterEach(() => fixture.close());

it('stores a job of an older version under the current type and deletes the old document', async () => {
  await fixture.repository.create('oauth_ending', legacy, { id: 'job-1' });
  expect(await convertLegacyJobs(fixture.repository)).toBe(1);
  const job = await new RevocationJobStore(fixture.repository).read('job-1');
  expect(job).toMatchObject({
    id: 'job-1',
    scope: 'user',
    profileUid: 'u_ana',
    ...counts,
    results: { failed: 1, unsupported: 0, replaced: 0 },
  });
  expect(job).not.toHaveProperty('fates');
  const stored = await fixture.repository.getIfExists('oauth_revocation_job', 'job-1', {
    decrypt: true,
  });
  expect(stored?.attributes).toMatchObject({ client });
  expect(await fixture.repository.getIfExists('oauth_ending', 'job-1')).toBeUndefined();
});

it('converts no job the second time', async () => {
  await fixture.repository.create('oauth_ending', legacy, { id: 'job-1' });
  await convertLegacyJobs(fixture.repository);
  expect(await convertLegacyJobs(fixture.repository)).toBe(0);
});

it('keeps the converted job and deletes the old one after a crash between both writes', async () => {
  await fixture.repository.create('oauth_ending', legacy, { id: 'job-1' });
  const { fates, scope: _, ...rest } = legacy;
  const present = { ...rest, scope: 'user', results: fates, ended: 4 };
  await fixture.repository.create('oauth_revocation_job', present, { id: 'job-1' });
  expect(await convertLegacyJobs(fixture.repository)).toBe(1);
  const job = await new RevocationJobStore(fixture.repository).read('job-1');
  expect(job?.ended).toBe(4);
  expect(await fixture.repository.getIfExists('oauth_ending', 'job-1')).toBeUndefined();
});
