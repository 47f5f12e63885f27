import { createLoggerMock, type LoggerMock } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openActionsStore } from '../../testing/index.ts';
import { convertLegacyJobs } from './legacy_jobs.ts';
import { createMassRevocationFixture, type MassRevocationFixture } from './mass_revocation.mock.ts';
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

let fixture: MassRevocationFixture;
let logger: LoggerMock;
beforeEach(async () => {
  fixture = await createMassRevocationFixture();
  logger = createLoggerMock();
});
afterEach(() => fixture.close());

const convert = () => convertLegacyJobs(fixture.repository, logger);

/** Changes one character of the encrypted client, as a disk error would. */
async function damage(id: string): Promise<void> {
  const [row] = await fixture.store.getMany([`oauth_ending:${id}`], 'oauth_ending');
  if (row === undefined) throw new Error('the job was not found');
  const text = String(row.attributes['client']);
  const at = text.length - 5;
  const client = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  await fixture.store.put({ ...row, attributes: { ...row.attributes, client } });
}

it('a revocation job of an older version is stored under the current type, and the old document is deleted', async () => {
  await fixture.repository.create('oauth_ending', legacy, { id: 'job-1' });
  expect(await convert()).toBe(1);
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

it('a revocation job that was converted is not converted again', async () => {
  await fixture.repository.create('oauth_ending', legacy, { id: 'job-1' });
  await convert();
  expect(await convert()).toBe(0);
});

it('a converted revocation job stays and the old document is deleted after a crash between both writes', async () => {
  await fixture.repository.create('oauth_ending', legacy, { id: 'job-1' });
  const { fates, scope: _, ...rest } = legacy;
  const present = { ...rest, scope: 'user', results: fates, ended: 4 };
  await fixture.repository.create('oauth_revocation_job', present, { id: 'job-1' });
  expect(await convert()).toBe(1);
  const job = await new RevocationJobStore(fixture.repository).read('job-1');
  expect(job?.ended).toBe(4);
  expect(await fixture.repository.getIfExists('oauth_ending', 'job-1')).toBeUndefined();
});

it('a corrupt revocation job is converted without its client, so that its grants are reported as unsupported', async () => {
  const server = fixture.server();
  fixture.connectors.put('drive');
  await fixture.connect(server, 'drive', 'u_ana');
  await fixture.clock.advance(1000);
  fixture.connectors.remove('drive');
  const { profileUid: _, ...job } = legacy;
  const deleted = {
    ...job,
    scope: 'connector',
    connectorId: 'drive',
    spaceId: 'default',
    reason: 'connector_deleted',
    fingerprint: 'fp-idp.example.com',
    startedAt: new Date(fixture.clock.now()).toISOString(),
    ended: 0,
    failed: 0,
    total: 0,
    fates: { failed: 0, unsupported: 0, replaced: 0 },
  };
  for (const id of ['job-1', 'job-2'])
    await fixture.repository.create('oauth_ending', id === 'job-1' ? deleted : legacy, { id });
  await damage('job-1');
  expect(await convert()).toBe(2);
  expect(logger.lines).toEqual([
    expect.objectContaining({ level: 'warn', message: expect.stringContaining('[job-1]') }),
  ]);
  await server.revocationJobs.workOn('job-1', new AbortController().signal);
  expect((await server.revocationJobs.get('job-1')).counts).toMatchObject({
    ended: 1,
    revocation: { unsupported: 1 },
  });
});

it('a revocation job whose key the server lacks stays unchanged, and other jobs are converted', async () => {
  const { repository } = await openActionsStore({
    store: fixture.store,
    clock: fixture.clock,
    keys: { primary: 'development-only-another-key-0123456789' },
  });
  for (const id of ['job-1', 'job-3']) await repository.create('oauth_ending', legacy, { id });
  await fixture.repository.create('oauth_ending', legacy, { id: 'job-2' });
  await expect(convert()).rejects.toMatchObject({
    code: 'undecryptable',
    details: { keyId: expect.any(String) },
  });
  const jobs = new RevocationJobStore(fixture.repository);
  expect(await jobs.read('job-1')).toBeUndefined();
  expect(await jobs.read('job-2')).toBeDefined();
  expect(await convertLegacyJobs(repository, logger)).toBe(2);
});
