import { setTimeout as delay } from 'node:timers/promises';
import { migrateDocuments } from '../migrations/migrate_documents.ts';
import { refuseNewer } from '../migrations/refuse_newer.ts';
import { RollingMigrator } from '../migrations/rolling_migrator.ts';
import { createTypeModel, type TypeModel } from '../model_versions/type_model.ts';
import { createRepository } from '../repository/create_repository.ts';
import type { EncryptionExtension } from '../repository/encryption_extension.ts';
import type { SavedObjectError } from '../repository/saved_object_error.ts';
import type { SavedObjectsSetup, SavedObjectsStart } from '../repository/types.ts';
import type { DocumentStore } from '../store/document_store.ts';
import { checkType } from '../types/check_type.ts';
import type { SavedObjectsLogger } from '../types/saved_objects_logger.ts';
import type { SavedObjectsType } from '../types/saved_objects_type.ts';
import { type WaitOptions, waitForStore } from './wait_for_store.ts';

/** Dependencies and settings of {@link createSavedObjectsService}. */
export interface SavedObjectsServiceOptions {
  readonly store: DocumentStore;
  readonly logger: SavedObjectsLogger;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number;
  /** Returns a random UUID, for objects that are created without an id. */
  readonly uuid: () => string;
  /** Waits between attempts to reach the store. Default: a real timer. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /**
   * Average milliseconds between two migrations of documents that an older build still writes.
   * Default: one minute.
   */
  readonly rollingMigrationIntervalMs?: number;
}

const ROLLING_MIGRATION_INTERVAL_MS = 60_000;
/**
 * Maximum documents to remember as reported. Searches skip the same documents repeatedly, and each
 * is reported once.
 */
const MAX_REPORTED_DOCUMENTS = 1_000;

/** Saved objects of one server process. */
export interface SavedObjectsService {
  readonly setup: SavedObjectsSetup;
  /**
   * Ends registration, waits until the store is available, creates missing tables or indices and
   * migrates outdated documents.
   * @throws StoreError `incompatible` when a newer build wrote documents that this build cannot
   * read
   */
  start(): Promise<SavedObjectsStart>;
  /** Aborts a start that is waiting for the store, and closes the store. Safe to call twice. */
  stop(): Promise<void>;
}

/** Creates the registry of types and the repositories of one process over one store. */
export function createSavedObjectsService(
  options: SavedObjectsServiceOptions,
): SavedObjectsService {
  const { store, logger } = options;
  const registry = createRegistry();
  const stopping = new AbortController();
  const sleep = options.sleep ?? ((ms, signal) => delay(ms, undefined, { signal }));
  const wait = { logger, sleep, signal: stopping.signal };
  let migrator: RollingMigrator | undefined;
  return {
    setup: registry.setup,
    start: async () => {
      const registered = registry.close();
      migrator = await prepareStore(options, registered, wait);
      migrator.start();
      return createStart(options, registered, migrator);
    },
    stop: async () => {
      if (stopping.signal.aborted) return;
      stopping.abort(new Error('The saved objects service was stopped.'));
      await migrator?.stop();
      await store.close();
    },
  };
}

/**
 * Prepares and migrates the store. It first checks that all documents of newer builds can be read,
 * so that a start that fails changes no document.
 */
async function prepareStore(
  { store, logger, rollingMigrationIntervalMs }: SavedObjectsServiceOptions,
  { models, encryption }: Registered,
  wait: WaitOptions,
): Promise<RollingMigrator> {
  const all = [...models.values()];
  await waitForStore(wait, () => store.prepare(all.map(({ type }) => type)));
  for (const model of all) await waitForStore(wait, () => refuseNewer(store, model));
  const context = { store, encryption, logger, signal: wait.signal };
  const migrator = new RollingMigrator({
    ...context,
    models: all,
    intervalMs: rollingMigrationIntervalMs ?? ROLLING_MIGRATION_INTERVAL_MS,
  });
  for (const model of all) {
    const damaged = await waitForStore(wait, () => migrateDocuments(context, model));
    migrator.markUnmigratable(model, damaged);
  }
  return migrator;
}

function createStart(
  { store, now, uuid, logger }: SavedObjectsServiceOptions,
  { models, encryption }: Registered,
  migrator: RollingMigrator,
): SavedObjectsStart {
  const onSkippedDocument = createSkippedDocumentReporter(logger);
  const migrateNow = (model: TypeModel): Promise<void> => migrator.migrateNow(model);
  return {
    createRepository: ({ includedHiddenTypes = [] } = {}) => {
      const reachable = [...models].filter(
        ([name, { type }]) => !type.hidden || includedHiddenTypes.includes(name),
      );
      return createRepository({
        store,
        encryption,
        now,
        uuid,
        models: new Map(reachable),
        migrateNow,
        onSkippedDocument,
      });
    },
    getTypes: () => [...models.values()].map((model) => model.type),
    store,
  };
}

/**
 * Warns about each document that searches skip because a newer build wrote it and this build cannot
 * read it.
 */
function createSkippedDocumentReporter(
  logger: SavedObjectsLogger,
): (error: SavedObjectError) => void {
  const reported = new Set<string>();
  return ({ message }) => {
    if (reported.has(message)) return;
    if (reported.size >= MAX_REPORTED_DOCUMENTS) reported.clear();
    reported.add(message);
    logger.warn(`A search skipped a document of a newer build: ${message}`);
  };
}

interface Registered {
  readonly models: ReadonlyMap<string, TypeModel>;
  readonly encryption: EncryptionExtension | undefined;
}

function createRegistry(): { readonly setup: SavedObjectsSetup; close(): Registered } {
  const models = new Map<string, TypeModel>();
  let encryption: EncryptionExtension | undefined;
  let isClosed = false;
  const mustBeOpen = (what: string): void => {
    if (isClosed) throw new Error(`${what} was registered after start: register it in setup.`);
  };
  return {
    setup: {
      registerType: (type: SavedObjectsType) => {
        mustBeOpen(`Saved object type [${type.name}]`);
        if (models.has(type.name)) {
          throw new Error(`Saved object type [${type.name}] is registered twice.`);
        }
        checkType(type);
        models.set(type.name, createTypeModel(type));
      },
      registerEncryption: (extension) => {
        mustBeOpen('The encryption of saved objects');
        if (encryption !== undefined) {
          throw new Error('The encryption of saved objects is registered twice.');
        }
        encryption = extension;
      },
    },
    close: () => {
      isClosed = true;
      return { models, encryption };
    },
  };
}
