import type { EncryptionExtension } from '../repository/encryption_extension.ts';
import type { SavedObjectsRepository, SavedObjectsStart } from '../repository/types.ts';
import type { DocumentStore } from '../store/document_store.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import type { SavedObjectsType } from '../types/saved_objects_type.ts';
import { createRecordingLogger, type RecordingLogger } from './recording_logger.mock.ts';
import { createSavedObjectsService, type SavedObjectsService } from './saved_objects_service.ts';

/** Options of {@link startTestService}. */
export interface TestServiceOptions {
  readonly types: readonly SavedObjectsType[];
  /** Store of the service. Default: a new SQLite store in memory. */
  readonly store?: DocumentStore;
  readonly encryption?: EncryptionExtension | undefined;
  /** Wall clock in milliseconds. Default: constantly 2030-01-01T00:00:00Z. */
  readonly now?: () => number;
  /** Milliseconds between repeated migrations. Default: one minute, longer than any test waits. */
  readonly rollingMigrationIntervalMs?: number;
}

/** A started service over a real store. */
export interface TestService {
  readonly service: SavedObjectsService;
  readonly start: SavedObjectsStart;
  readonly repository: SavedObjectsRepository;
  readonly store: DocumentStore;
  readonly logger: RecordingLogger;
}

/** Starts a service with the given types, over a real store. */
export async function startTestService(options: TestServiceOptions): Promise<TestService> {
  const store = options.store ?? createSqliteStore({ path: ':memory:' });
  const logger = createRecordingLogger();
  let created = 0;
  const service = createSavedObjectsService({
    store,
    logger,
    now: options.now ?? (() => Date.parse('2030-01-01T00:00:00Z')),
    uuid: () => `uuid-${++created}`,
    ...(options.rollingMigrationIntervalMs === undefined
      ? {}
      : { rollingMigrationIntervalMs: options.rollingMigrationIntervalMs }),
  });
  for (const type of options.types) service.setup.registerType(type);
  if (options.encryption !== undefined) service.setup.registerEncryption(options.encryption);
  const start = await service.start();
  return { service, start, repository: start.createRepository(), store, logger };
}
