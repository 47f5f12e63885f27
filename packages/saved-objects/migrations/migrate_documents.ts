import { filter } from '../filter/filter.ts';
import type { TypeModel } from '../model_versions/type_model.ts';
import type { SearchRequest, StoredDocument } from '../store/document_store.ts';
import { savedObjectKey } from '../types/document_key.ts';
import { type MigrationOutcome, migrateDocument } from './migrate_document.ts';
import type { MigrationContext } from './migration_context.ts';

/** Documents per batch. It limits memory, and the work that is lost when the process is killed. */
const BATCH_SIZE = 200;
/** Documents per batch of a type with large attributes. Each document may have a megabyte. */
const LARGE_BATCH_SIZE = 10;
/** Maximum log lines about the progress of one migration. */
const PROGRESS_LINES = 20;
/** Minimum documents between two log lines about progress. */
const MIN_PROGRESS_STEP = 1_000;
/**
 * Documents that still conflict after this many passes stay outdated. Reads migrate them in memory.
 */
const MAX_PASSES = 5;
/** Maximum ids in a log line about damaged documents. */
const MAX_NAMED = 5;

/** Options of {@link migrateDocuments}. */
export interface MigrateOptions {
  /**
   * `true`: searches see each batch once it is written. A search that waits for the migration sets
   * it.
   */
  readonly visibleToSearch?: boolean;
}

/**
 * Counts the documents of a type whose model version is older than the newest of this build. The
 * count may lack the latest writes unless `seesAllWrites` is set.
 */
export async function countOutdated(
  { store }: Pick<MigrationContext, 'store'>,
  model: TypeModel,
  options: Pick<SearchRequest, 'seesAllWrites'> = {},
): Promise<number> {
  const request = { types: [model.type.name], filter: outdated(model), limit: 0, ...options };
  return (await store.search(request)).total;
}

/**
 * Migrates the stored documents of a type to the newest model version, in batches. Each document is
 * written by compare-and-set. So the migration can be killed and repeated at any point, and it can
 * run in several processes at the same time while servers use the store. After a conflict, another
 * pass reads the document again.
 * @returns the number of damaged documents, which stay unchanged
 */
export async function migrateDocuments(
  context: MigrationContext,
  model: TypeModel,
  options: MigrateOptions = {},
): Promise<number> {
  // An older build may have written documents just before this one started, so the count must
  // include the latest writes.
  const total = await countOutdated(context, model, { seesAllWrites: true });
  if (total === 0) return 0;
  const progress = new Progress(context, model, total);
  for (let pass = 1; pass <= MAX_PASSES; pass += 1) {
    progress.beginPass();
    const { name, largeAttributes = [] } = model.type;
    const batchSize = largeAttributes.length === 0 ? BATCH_SIZE : LARGE_BATCH_SIZE;
    const request = { types: [name], filter: outdated(model), batchSize };
    for await (const documents of context.store.iterate(request)) {
      context.signal.throwIfAborted();
      // The writes run concurrently, so that the store can commit them in one transaction.
      const outcomes = await Promise.all(
        documents.map((document) =>
          migrateDocument(context, model, document, options.visibleToSearch ?? false),
        ),
      );
      for (const [i, document] of documents.entries()) progress.add(document, outcomes[i]);
      progress.report();
    }
    if (progress.conflicts === 0) break;
  }
  progress.end();
  return progress.damaged;
}

function outdated(model: TypeModel) {
  return filter.before('modelVersion', model.newest);
}

/** Counts the results of one migration and logs its progress. */
class Progress {
  readonly #context: MigrationContext;
  readonly #model: TypeModel;
  readonly #total: number;
  readonly #step: number;
  readonly #undecryptable = new NamedCount();
  readonly #corrupt = new NamedCount();
  #migrated = 0;
  #unreported = 0;
  #conflicts = 0;

  constructor(context: MigrationContext, model: TypeModel, total: number) {
    this.#context = context;
    this.#model = model;
    this.#total = total;
    this.#step = Math.max(MIN_PROGRESS_STEP, Math.ceil(total / PROGRESS_LINES));
  }

  /** Documents that another writer changed during this pass. The next pass reads them again. */
  get conflicts(): number {
    return this.#conflicts;
  }

  get damaged(): number {
    return this.#undecryptable.count + this.#corrupt.count;
  }

  /** Resets the counts of damaged documents, because every pass reads those documents again. */
  beginPass(): void {
    this.#conflicts = 0;
    this.#undecryptable.clear();
    this.#corrupt.clear();
  }

  add(document: StoredDocument, outcome: MigrationOutcome | undefined): void {
    const { id } = savedObjectKey(this.#model.type, document);
    if (outcome === 'undecryptable') this.#undecryptable.add(id);
    else if (outcome === 'corrupt') this.#corrupt.add(id);
    else if (outcome === 'conflict') this.#conflicts += 1;
    else {
      this.#migrated += 1;
      this.#unreported += 1;
    }
  }

  report(): void {
    if (this.#unreported < this.#step) return;
    this.#unreported = 0;
    this.#log('Migrating', `${this.#migrated} of ${this.#total}`);
  }

  end(): void {
    if (this.#migrated > 0) this.#log('Finished the migration of', String(this.#migrated));
    const stay = 'and stay in their old model version';
    this.#warn(this.#undecryptable, `cannot be decrypted ${stay}: check the encryption keys`);
    this.#warn(this.#corrupt, `are damaged ${stay}: restore them from a backup`);
  }

  #log(activity: string, count: string): void {
    const { type, newest } = this.#model;
    this.#context.logger.info(
      `${activity} [${type.name}] objects to model version ${newest}: ${count} migrated`,
    );
  }

  #warn(damaged: NamedCount, problem: string): void {
    if (damaged.count === 0) return;
    this.#context.logger.warn(
      `${damaged.count} [${this.#model.type.name}] objects ${problem} (${damaged.names})`,
    );
  }
}

/** Counts objects, and keeps the ids of the first {@link MAX_NAMED} of them. */
class NamedCount {
  count = 0;
  #ids: string[] = [];

  get names(): string {
    return `${this.#ids.join(', ')}${this.count > this.#ids.length ? ' …' : ''}`;
  }

  add(id: string): void {
    this.count += 1;
    if (this.#ids.length < MAX_NAMED) this.#ids.push(id);
  }

  clear(): void {
    this.count = 0;
    this.#ids = [];
  }
}
