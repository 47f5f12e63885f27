import { randomUUID } from 'node:crypto';
import { TestProxy } from '@latchkey/test-proxy';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { filter } from '../../../filter/filter.ts';
import type { EncryptionExtension } from '../../../repository/encryption_extension.ts';
import { createSavedObjectsService } from '../../../service/saved_objects_service.ts';
import type { SavedObjectsType } from '../../../types/saved_objects_type.ts';
import { createElasticsearchStore } from '../elasticsearch_store.ts';
import { anIndexPrefix, ask, deleteIndices } from './store_for_tests.ts';

const SECRET = 'canary-refresh-token';
const attributes = z.object({
  owner: z.string(),
  token: z.string(),
  status: z.string().optional(),
});

const first: SavedObjectsType = {
  name: 'grant',
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: { owner: { type: 'keyword' } } },
  modelVersions: {
    1: {
      changes: [],
      schemas: {
        create: attributes.omit({ status: true }),
        forwardCompatibility: attributes.omit({ status: true }),
      },
    },
  },
};
const second: SavedObjectsType = {
  ...first,
  modelVersions: {
    ...first.modelVersions,
    2: {
      changes: [
        { type: 'mappings_addition', addedMappings: { status: { type: 'keyword' } } },
        { type: 'data_backfill', backfill: () => ({ status: 'connected' }) },
      ],
      schemas: { create: attributes, forwardCompatibility: attributes },
    },
  },
};

/** Reverses the token instead of encrypting it, which is enough to detect stored plaintext. */
const encryption: EncryptionExtension = {
  isEncryptedType: (type) => type === 'grant',
  encrypt: (_, plain) => reversed(plain),
  decrypt: (_, stored) => reversed(stored),
  strip: (_, { token: __, ...rest }) => rest,
};

function reversed(from: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...from, token: [...String(from['token'])].toReversed().join('') };
}

/** Registers a test of repositories on this store. */
export function itServesRepositories(hosts: readonly string[]): void {
  it('updates an object with two requests: a read, and a write on top of it', async () => {
    const proxy = await TestProxy.start({ target: hosts[0] ?? '' });
    const indexPrefix = anIndexPrefix();
    const { service, repository } = await startService([proxy.origin], indexPrefix, first);
    await repository.create('grant', { owner: 'ann', token: SECRET }, { id: 'g-1' });
    const paths: string[] = [];
    proxy.onExchange = async ({ path }) => void paths.push(path.split('?')[0] ?? '');
    await repository.update('grant', 'g-1', { owner: 'bob' });
    expect(paths).toEqual(['/_mget', '/_bulk']);
    await service.stop();
    await proxy.stop();
    await deleteIndices(hosts, indexPrefix);
  });

  it('stores, encrypts, migrates and finds saved objects', async () => {
    const indexPrefix = anIndexPrefix();
    const start = (type: SavedObjectsType) => startService(hosts, indexPrefix, type);
    const older = await start(first);
    await older.repository.create('grant', { owner: 'ann', token: SECRET }, { id: 'g-1' });
    await older.repository.create('grant', { owner: 'bob', token: SECRET }, { id: 'g-2' });

    const newer = await start(second);
    const connected = { type: 'grant', filter: filter.equals('status', 'connected') };
    expect((await newer.repository.find(connected)).total).toBe(2);
    const read = await newer.repository.get('grant', 'g-1', { decrypt: true });
    expect(read.attributes).toEqual({ owner: 'ann', token: SECRET, status: 'connected' });

    await older.repository.update('grant', 'g-2', { owner: 'cid' });
    const updated = await newer.repository.get('grant', 'g-2', { decrypt: true });
    expect(updated.attributes).toEqual({ owner: 'cid', token: SECRET, status: 'connected' });
    expect((await newer.repository.find(connected)).total).toBe(2);
    await older.repository.create('grant', { owner: 'dan', token: SECRET }, { id: 'g-3' });
    expect((await newer.repository.find(connected)).total).toBe(3);
    await newer.repository.delete('grant', 'g-1', { version: read.version });
    expect(await older.repository.getIfExists('grant', 'g-1')).toBeUndefined();

    const dump = await ask(hosts, 'GET', `/${indexPrefix}grant/_search?version=true`);
    expect(JSON.stringify(dump)).not.toContain(SECRET);
    await older.service.stop();
    await newer.service.stop();
    await deleteIndices(hosts, indexPrefix);
  });
}

async function startService(hosts: readonly string[], indexPrefix: string, type: SavedObjectsType) {
  const silent = () => {};
  const service = createSavedObjectsService({
    store: createElasticsearchStore({ hosts, indexPrefix }),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    now: Date.now,
    uuid: randomUUID,
  });
  service.setup.registerType(type);
  service.setup.registerEncryption(encryption);
  const { createRepository } = await service.start();
  return { service, repository: createRepository({ includedHiddenTypes: ['grant'] }) };
}
