import { createLoggerMock, seededRandomness } from '@latchkey/core/server/mocks';
import { createTestEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import { createSavedObjectsService, type SavedObjectsType } from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GrantStore } from './grant_store.ts';
import {
  tokenEncryption,
  USER_CONNECTOR_TOKEN_TYPE,
  userConnectorTokenType,
} from './token_types.ts';

const NOW = new Date('2030-01-01T00:00:00Z');
const LATER = new Date('2030-01-01T01:00:00Z');
const key = { scope: 'per-user', connectorId: 'c', profileUid: 'u_ana' } as const;
const aGrant = {
  generation: 'g-1',
  clientFingerprint: 'fp',
  spaceId: 'default',
  state: 'connected',
  stateSince: NOW,
  issuedAt: NOW,
  accessToken: 'Bearer at-1',
  refreshToken: 'rt-1',
} as const;
const superseded = [
  { accountId: 'ana', tokens: [{ token: 'rt-0', kind: 'refresh_token' as const }] },
];

let stores: ReturnType<typeof createSqliteStore>;
const stopping: (() => Promise<void>)[] = [];
beforeEach(() => {
  stores = createSqliteStore({ path: ':memory:', now: () => NOW.getTime() });
});
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
});

/** Creates a store for a server version that knows the type only up to this model version. */
async function buildWith(type: SavedObjectsType, encrypted: readonly string[]) {
  const service = createSavedObjectsService({
    store: stores,
    logger: createLoggerMock('savedobjects'),
    now: () => NOW.getTime(),
    uuid: () => seededRandomness('ids').uuid(),
  });
  service.setup.registerType(type);
  const [ofUser] = tokenEncryption;
  service.setup.registerEncryption(
    createTestEncryption([{ ...ofUser, attributesToEncrypt: [...encrypted] }]),
  );
  const { createRepository } = await service.start();
  stopping.push(() => service.stop());
  let writes = 0;
  const repository = createRepository({ includedHiddenTypes: [USER_CONNECTOR_TOKEN_TYPE] });
  return new GrantStore(repository, () => {
    writes += 1;
    return new Date(NOW.getTime() + writes);
  });
}

const currentBuild = () =>
  buildWith(userConnectorTokenType, tokenEncryption[0].attributesToEncrypt);
const buildOf = (newest: number, encrypted: readonly string[]) => {
  const modelVersions = Object.fromEntries(
    Object.entries(userConnectorTokenType.modelVersions).filter(
      ([version]) => Number(version) <= newest,
    ),
  );
  return buildWith({ ...userConnectorTokenType, modelVersions }, encrypted);
};
const buildOfVersion5 = () => buildOf(5, ['credentials']);
const buildOfVersion6 = () => buildOf(6, ['credentials', 'supersededGrants']);
const buildOfVersion7 = () => buildOf(7, ['credentials', 'supersededGrants']);
const buildOfVersion8 = () => buildOf(8, ['credentials', 'supersededGrants']);
const buildOfVersion9 = () => buildOf(9, ['credentials', 'supersededGrants']);
const facts = {
  values: { instance_url: 'https://acme.my.salesforce.com' },
  sites: [{ id: 's-1', label: 'One', facts: { cloudId: 's-1' } }],
  siteId: 's-1',
};

const unchecked = {
  since: NOW,
  client: {
    fingerprint: 'fp',
    configuration: {
      dialect: 'standard',
      authorizationEndpoint: 'https://idp.example.com/authorize',
      tokenEndpoint: 'https://idp.example.com/token',
      clientId: 'a-client',
      clientSecret: 'a-client-secret',
      tokenEndpointAuthMethod: 'client_secret_basic',
    },
  },
} as const;

/** Returns all stored grants as text, without decrypting them. */
async function documents(): Promise<string> {
  const found: unknown[] = [];
  for await (const batch of stores.iterate({ types: [USER_CONNECTOR_TOKEN_TYPE], batchSize: 9 }))
    found.push(...batch);
  return JSON.stringify(found);
}

it('a grant stays marked as unchecked when a server with model version 9 refreshes it', async () => {
  const older = await buildOfVersion9();
  const current = await currentBuild();
  await current.create(key, { ...aGrant, unchecked });
  const seen = await older.read(key);
  if (seen === undefined) throw new Error('the grant was not found');
  expect(seen.unchecked).toBeUndefined();
  await older.compareAndSet(seen, { accessToken: 'Bearer at-2', expiresAt: LATER });
  expect(await current.read(key)).toMatchObject({ accessToken: 'Bearer at-2', unchecked });
});

it('the client of an unchecked grant is stored encrypted, and removed with the mark', async () => {
  const current = await currentBuild();
  const created = await current.create(key, { ...aGrant, unchecked });
  if (created === undefined) throw new Error('the grant was not created');
  expect(await documents()).toContain('uncheckedClient');
  expect(await documents()).not.toContain('a-client');
  await current.compareAndSet(created, { unchecked: undefined });
  expect(await documents()).not.toContain('unchecked');
  expect(await current.read(key)).toMatchObject({ accessToken: 'Bearer at-1' });
});

it('a grant of model version 8 is read without grant facts', async () => {
  const older = await buildOfVersion8();
  await older.create(key, aGrant);
  const current = await currentBuild();
  expect(await current.read(key)).toMatchObject({ accessToken: 'Bearer at-1', facts: undefined });
});

it('a grant keeps its grant facts when a server with model version 8 refreshes it', async () => {
  const older = await buildOfVersion8();
  const current = await currentBuild();
  await current.create(key, { ...aGrant, facts });
  const seen = await older.read(key);
  if (seen === undefined) throw new Error('the grant was not found');
  await older.compareAndSet(seen, { accessToken: 'Bearer at-2', expiresAt: LATER });
  expect(await current.read(key)).toMatchObject({ accessToken: 'Bearer at-2', facts });
});

it('grant facts of an earlier grant are ignored when a server with model version 8 stores a new grant', async () => {
  const older = await buildOfVersion8();
  const current = await currentBuild();
  await current.create(key, { ...aGrant, facts });
  const seen = await older.read(key);
  if (seen === undefined) throw new Error('the grant was not found');
  await older.compareAndSet(seen, { ...aGrant, generation: 'g-2', accessToken: 'Bearer of-ben' });
  const read = await current.read(key);
  expect(read).toMatchObject({ accessToken: 'Bearer of-ben', facts: undefined });
});

it('grant facts are stored encrypted, and are removed with the tokens of the grant', async () => {
  const current = await currentBuild();
  const created = await current.create(key, { ...aGrant, facts });
  if (created === undefined) throw new Error('the grant was not created');
  // A full stop is not in the alphabet of encrypted values, which are random.
  expect(await documents()).not.toContain('acme.my');
  await current.compareAndSet(created, { accessToken: undefined, refreshToken: undefined });
  expect(await current.read(key)).toMatchObject({ accessToken: undefined, facts: undefined });
});

it('a grant keeps the source of its account and the number of unrevoked grants when a server with model version 7 refreshes it', async () => {
  const older = await buildOfVersion7();
  const current = await currentBuild();
  const added = {
    account: { id: 'ana', label: 'ana@example.com' },
    accountSource: 'id_token' as const,
    unrevoked: { count: 2, at: NOW },
  };
  await current.create(key, { ...aGrant, ...added });
  const seen = await older.read(key);
  if (seen === undefined) throw new Error('the grant was not found');
  expect(seen.account).toEqual(added.account);
  await older.compareAndSet(seen, { accessToken: 'Bearer at-2', expiresAt: LATER });
  expect(await current.read(key)).toMatchObject({ accessToken: 'Bearer at-2', ...added });
});

it('the former error code for a lost response is read as `refresh_response_lost`', async () => {
  const older = await buildOfVersion6();
  await older.create(key, { ...aGrant, lastError: { code: 'refresh_answer_lost', at: NOW } });
  const current = await currentBuild();
  expect((await current.read(key))?.lastError).toEqual({ code: 'refresh_response_lost', at: NOW });
});

it('every other stored error code is read unchanged', async () => {
  const older = await buildOfVersion6();
  await older.create(key, { ...aGrant, lastError: { code: 'rate_limited', at: NOW } });
  const current = await currentBuild();
  expect((await current.read(key))?.lastError).toEqual({ code: 'rate_limited', at: NOW });
});

it('a grant of model version 5 is read without superseded grants', async () => {
  const older = await buildOfVersion5();
  await older.create(key, aGrant);
  const current = await currentBuild();
  expect(await current.read(key)).toMatchObject({
    refreshToken: 'rt-1',
    supersededGrants: [],
    lifetimeStartedAt: undefined,
  });
});

it('superseded tokens stay readable when a server with model version 5 refreshes the grant', async () => {
  const older = await buildOfVersion5();
  await older.create(key, aGrant);
  const current = await currentBuild();
  const record = await current.read(key);
  if (record === undefined) throw new Error('the grant was not found');
  await current.compareAndSet(record, { supersededGrants: superseded, lifetimeStartedAt: NOW });
  const seen = await older.read(key);
  if (seen === undefined) throw new Error('the grant was not found');
  await older.compareAndSet(seen, {
    accessToken: 'Bearer at-2',
    refreshToken: 'rt-2',
    expiresAt: LATER,
  });
  expect(await current.read(key)).toMatchObject({
    refreshToken: 'rt-2',
    supersededGrants: superseded,
    lifetimeStartedAt: NOW,
  });
});
