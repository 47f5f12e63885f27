import { describe, expect, it } from 'vitest';
import { createEncryptionMock } from '../repository/encryption.mock.ts';
import type { DocumentStore } from '../store/document_store.ts';
import { StoreError } from '../store/store_error.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import { aNoteType } from '../types/saved_objects_type.mock.ts';
import { createRecordingLogger } from './recording_logger.mock.ts';
import { createSavedObjectsService } from './saved_objects_service.ts';

function setUp(store: DocumentStore = createSqliteStore({ path: ':memory:' })) {
  const logger = createRecordingLogger();
  const waits: number[] = [];
  const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    waits.push(ms);
    signal.throwIfAborted();
  };
  const service = createSavedObjectsService({
    store,
    logger,
    now: () => 0,
    uuid: () => 'u',
    sleep,
  });
  return { service, logger, waits };
}

/** Creates a store whose first `failures` preparations fail with `unavailable`. */
function unavailableStore(failures: number, onAttempt = (): void => {}): DocumentStore {
  const store = createSqliteStore({ path: ':memory:' });
  let attempts = 0;
  return {
    ...store,
    prepare: async (types) => {
      onAttempt();
      attempts += 1;
      if (attempts <= failures)
        throw new StoreError('unavailable', 'The cluster is not reachable.');
      await store.prepare(types);
    },
  };
}

describe('the registration of a type', () => {
  it('is refused for a second type with the same name', () => {
    const { service } = setUp();
    service.setup.registerType(aNoteType());
    expect(() => service.setup.registerType(aNoteType())).toThrow('[note] is registered twice');
  });

  it('is refused for a type that cannot be stored', () => {
    const { service } = setUp();
    expect(() => service.setup.registerType(aNoteType({ modelVersions: {} }))).toThrow('[note]');
  });

  it('is refused for a second encryption extension', () => {
    const { service } = setUp();
    service.setup.registerEncryption(createEncryptionMock({}));
    expect(() => service.setup.registerEncryption(createEncryptionMock({}))).toThrow('twice');
  });

  it('is refused after start', async () => {
    const { service } = setUp();
    await service.start();
    expect(() => service.setup.registerType(aNoteType())).toThrow('after start');
    expect(() => service.setup.registerEncryption(createEncryptionMock({}))).toThrow('after start');
    await service.stop();
  });
});

describe('the start of the saved-objects service', () => {
  it('provides all types and the raw store', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    const { service } = setUp(store);
    const hidden = aNoteType({ name: 'hidden_note', hidden: true });
    service.setup.registerType(aNoteType());
    service.setup.registerType(hidden);
    const start = await service.start();
    expect(start.getTypes()).toEqual([aNoteType(), hidden]);
    expect(start.store).toBe(store);
    await service.stop();
  });

  it('retries with growing delays and warnings until the store is available', async () => {
    const { service, logger, waits } = setUp(unavailableStore(3));
    service.setup.registerType(aNoteType());
    const start = await service.start();
    expect(waits).toEqual([500, 1000, 2000]);
    expect(logger.lines).toHaveLength(3);
    expect(logger.lines[0]).toContain('warn: The saved objects store is not available');
    expect(logger.lines[0]).toContain('The cluster is not reachable.');
    await expect(start.createRepository().create('note', { title: 'x' })).resolves.toBeDefined();
    await service.stop();
  });

  it('stops waiting for the store when the server is stopped', async () => {
    let stopped: Promise<void> | undefined;
    const { service } = setUp(
      unavailableStore(Number.POSITIVE_INFINITY, () => {
        stopped = service.stop();
      }),
    );
    await expect(service.start()).rejects.toThrow('was stopped');
    await stopped;
  });

  it('does not retry when the store is corrupt', async () => {
    const store = createSqliteStore({ path: ':memory:' });
    const broken: DocumentStore = {
      ...store,
      prepare: async () => {
        throw new StoreError('corrupt', 'The file is damaged.');
      },
    };
    const { service, waits } = setUp(broken);
    await expect(service.start()).rejects.toMatchObject({ code: 'corrupt' });
    expect(waits).toEqual([]);
  });
});

describe('the stop of the saved-objects service', () => {
  it('can be called twice and before start', async () => {
    const { service } = setUp();
    await service.stop();
    await expect(service.stop()).resolves.toBeUndefined();
  });
});
