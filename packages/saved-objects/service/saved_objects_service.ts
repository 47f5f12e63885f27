import { setTimeout as delay } from 'node:timers/promises';
import { migrateDocuments } from '../migrations/migrate_documents.ts';
import { refuseNewer } from '../migrations/refuse_newer.ts';
import { RollingMigrator } from '../migrations/rolling_migrator.ts';
import { createTypeModel, type TypeModel } from '../migrations/type_model.ts';
import { createRepository } from '../repository/create_repository.ts';
import type { EncryptionExtension } from '../repository/encryption_extension.ts';
import type { SavedObjectsSetup, SavedObjectsStart } from '../repository/types.ts';
import type { DocumentStore } from '../store/document_store.ts';
import { checkType } from '../types/check_type.ts';
import type { SavedObjectsType } from '../types/saved_objects_type.ts';
import { createSkippedDocumentReporter } from './left_out_reporter.ts';
import type { SavedObjectsLogger } from './saved_objects_logger.ts';
import { type WaitOptions, waitForStore } from './wait_for_store.ts';

export interface SavedObjectsServiceOptions {
  readonly store: DocumentStore;
  readonly logger: SavedObjectsLogger;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number;
  /** A random UUID, for objects created without an id. */
  readonly uuid: () => string;
  /** Waits between attempts to reach the store. Default: a real timer. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Milliseconds, on average, between two looks for documents that an older build still writes. Default: a minute. */
  readonly lateDocumentsIntervalMs?: number;
}

const LATE_DOCUMENTS_INTERVAL_MS = 60_000;

/** Saved objects of one server process. */
export interface SavedObjectsService {
  readonly setup: SavedObjectsSetup;
  /**
   * Ends registration, waits until the store is there, creates what it lacks and migrates what is outdated.
   * @throws StoreError `incompatible` when a newer build wrote documents that this one cannot read
   */
  start(): Promise<SavedObjectsStart>;
  /** Ends a start that still waits, and closes the store. Safe to call twice. */
  stop(): Promise<void>;
}

/** One registry of types and one store behind all repositories of the process. */
export function createSavedObjectsService(
  options: SavedObjectsServiceOptions,
): SavedObjectsService {
  const { store, logger } = options;
  const registry = createRegistry();
  const stopping = new AbortController();
  const sleep = options.sleep ?? ((ms, signal) => delay(ms, undefined, { signal }));
  const wait = { logger, sleep, signal: stopping.signal };
  let late: RollingMigrator | undefined;
  return {
    setup: registry.setup,
    start: async () => {
      const registered = registry.close();
      late = await prepareStore(options, registered, wait);
      late.start();
      return createStart(options, registered, late);
    },
    stop: async () => {
      if (stopping.signal.aborted) return;
      stopping.abort(new Error('The saved objects service was stopped.'));
      await late?.stop();
      await store.close();
    },
  };
}

/** Nothing is migrated before every type is known to be readable: a start that is refused changes no document. */
async function prepareStore(
  { store, logger, lateDocumentsIntervalMs }: SavedObjectsServiceOptions,
  { models, encryption }: Registered,
  wait: WaitOptions,
): Promise<RollingMigrator> {
  const all = [...models.values()];
  await waitForStore(wait, () => store.prepare(all.map(({ type }) => type)));
  for (const model of all) await waitForStore(wait, () => refuseNewer(store, model));
  const context = { store, encryption, logger, signal: wait.signal };
  const late = new RollingMigrator({
    ...context,
    models: all,
    intervalMs: lateDocumentsIntervalMs ?? LATE_DOCUMENTS_INTERVAL_MS,
  });
  for (const model of all) {
    late.leave(model, await waitForStore(wait, () => migrateDocuments(context, model)));
  }
  return late;
}

function createStart(
  { store, now, uuid, logger }: SavedObjectsServiceOptions,
  { models, encryption }: Registered,
  late: RollingMigrator,
): SavedObjectsStart {
  const onSkippedDocument = createSkippedDocumentReporter(logger);
  const bringUpToDate = (model: TypeModel): Promise<void> => late.bringUpToDate(model);
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
        bringUpToDate,
        onSkippedDocument,
      });
    },
    getTypes: () => [...models.values()].map((model) => model.type),
    store,
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
