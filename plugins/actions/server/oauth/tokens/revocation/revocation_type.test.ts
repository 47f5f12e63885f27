import { createLoggerMock, seededRandomness } from '@latchkey/core/server/mocks';
import { createTestEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import {
  createSavedObjectsService,
  filter,
  type SavedObjectsRepository,
  type SavedObjectsType,
} from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { expect, it } from 'vitest';
import { RevocationEntries } from './revocation_entries.ts';
import {
  OAUTH_REVOCATION_TYPE,
  oauthRevocationType,
  revocationEncryption,
  type WaitingToken,
} from './revocation_type.ts';

const NOW = '2030-01-01T00:00:00.000Z';
const store = createSqliteStore({ path: ':memory:', now: () => Date.parse(NOW) });

async function buildWith(type: SavedObjectsType): Promise<SavedObjectsRepository> {
  const service = createSavedObjectsService({
    store,
    logger: createLoggerMock('savedobjects'),
    now: () => Date.parse(NOW),
    uuid: () => seededRandomness('ids').uuid(),
  });
  service.setup.registerType(type);
  service.setup.registerEncryption(createTestEncryption([revocationEncryption]));
  const { createRepository } = await service.start();
  return createRepository({ includedHiddenTypes: [OAUTH_REVOCATION_TYPE] });
}

it('the revocation jobs of an outbox entry of model version 3 are read and found', async () => {
  const { 4: _v4, 5: _v5, ...modelVersions } = oauthRevocationType.modelVersions;
  const older = await buildWith({ ...oauthRevocationType, modelVersions });
  const grant = {
    configuration: { dialect: 'ears', baseUrl: 'https://ears.example.com', provider: 'google' },
    endingId: 'job-1',
    tokens: [{ token: 'rt-1', kind: 'refresh_token' }],
  };
  const attributes = {
    connectorId: 'files',
    profileUid: 'u_ana',
    grantGeneration: 'g-1',
    pending: [grant, { ...grant, endingId: undefined }],
    endingIds: ['job-1'],
    attempts: 0,
    nextAttemptAt: NOW,
    createdAt: NOW,
  };
  await older.create(OAUTH_REVOCATION_TYPE, attributes, { id: 'e-1' });

  const entries = new RevocationEntries(await buildWith(oauthRevocationType));
  const entry = await entries.read('e-1');
  expect(entry?.attributes.pending.map(({ revocationJobId }) => revocationJobId)).toEqual([
    'job-1',
    undefined,
  ]);
  expect(entry?.attributes.pending[0]).not.toHaveProperty('endingId');
  expect(await entries.count(filter.equals('revocationJobIds', 'job-1'))).toBe(1);

  if (entry === undefined) throw new Error('missing');
  const [first] = entry.attributes.pending;
  const changed = await entries.update(entry, { pending: first === undefined ? [] : [first] });
  expect(changed?.attributes).toMatchObject({ revocationJobIds: ['job-1'] });
  expect(changed?.attributes).not.toHaveProperty('endingIds');
});

it('an outbox entry with tokens of an exchange is read and changed by model version 4', async () => {
  const { 5: _v5, ...modelVersions } = oauthRevocationType.modelVersions;
  const older = new RevocationEntries(await buildWith({ ...oauthRevocationType, modelVersions }));
  const newer = new RevocationEntries(await buildWith(oauthRevocationType));
  const address = { id: 'e-2', key: { scope: 'shared', connectorId: 'files' } } as const;
  const tokens: WaitingToken[] = [
    { token: 'rt-2', kind: 'refresh_token', exchangingUntil: NOW },
    { token: 'at-2', kind: 'access_token', issuedWith: 'rt-2' },
  ];
  const configuration = {
    dialect: 'ears',
    baseUrl: 'https://ears.example.com',
    provider: 'google',
  } as const;
  const attributes = { attempts: 0, nextAttemptAt: NOW, createdAt: NOW };
  await newer.create(address, {
    ...attributes,
    grantGeneration: 'g-2',
    pending: [{ configuration, tokens }],
  });

  const entry = await older.read(address.id);
  const [grant] = entry?.attributes.pending ?? [];
  expect(grant?.tokens.map(({ token }) => token)).toEqual(['rt-2', 'at-2']);
  if (entry === undefined || grant === undefined) throw new Error('missing');
  expect(await older.update(entry, { pending: [grant], attempts: 1 })).toBeDefined();
  const changed = await newer.read(address.id);
  expect(changed?.attributes).toMatchObject({ attempts: 1 });
  expect(changed?.attributes.pending[0]?.tokens.map(({ token }) => token)).toEqual([
    'rt-2',
    'at-2',
  ]);
});
