import { filter } from '../filter/filter.ts';
import type { SearchRequest, StoredDocument } from '../store/document_store.ts';
import { savedObjectKey } from '../types/document_key.ts';
import { type MigrationOutcome, migrateDocument } from './migrate_document.ts';
import type { MigrationContext } from './migration_context.ts';
import type { TypeModel } from './type_model.ts';

/** Documents read, changed and written at once; bounds memory, and what a kill leaves undone of work begun. */
const BATCH_SIZE = 200;
/** Lines about the progress of one large migration, and how far apart they are at least. */
const PROGRESS_LINES = 20;
const MIN_PROGRESS_STEP = 1_000;
/** Documents that others write all the time are left to whoever reads them. */
const MAX_PASSES = 5;
const MAX_NAMED = 5;

/** How a migration is done. */
export interface MigrateOptions {
  /** `true`: searches see each batch when it is done. For a search that waits for it. */
  readonly visibleToSearch?: boolean;
}

/** How many documents of a type are in an older model version than this build's newest; as up to date as a search, or as asked for. */
export async function countOutdated(
  { store }: Pick<MigrationContext, 'store'>,
  model: TypeModel,
  options: Pick<SearchRequest, 'seesAllWrites'> = {},
): Promise<number> {
  const request = { types: [model.type.name], filter: outdated(model), limit: 0, ...options };
  return (await store.search(request)).total;
}

/**
 * Brings the stored documents of a type to the newest model version, in batches. Each is written by compare-and-set, so it may be
 * killed and repeated at any point, run in several processes at once, and beside a server that is in use: whoever loses a race
 * leaves the document to the winner, and looks at it again in another pass.
 * @returns how many documents are damaged and stay as they are
 */
export async function migrateDocuments(
  context: MigrationContext,
  model: TypeModel,
  options: MigrateOptions = {},
): Promise<number> {
  // A build of before may have written until a moment ago.
  const total = await countOutdated(context, model, { seesAllWrites: true });
  if (total === 0) return 0;
  const progress = new Progress(context, model, total);
  for (let pass = 1; pass <= MAX_PASSES; pass += 1) {
    progress.beginPass();
    const request = { types: [model.type.name], filter: outdated(model), batchSize: BATCH_SIZE };
    for await (const documents of context.store.iterate(request)) {
      context.signal.throwIfAborted();
      // Together, so that a store can put them on disk together.
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

/** Counts, and says so now and then. */
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

  /** In this pass. */
  get conflicts(): number {
    return this.#conflicts;
  }

  get damaged(): number {
    return this.#undecryptable.count + this.#corrupt.count;
  }

  /** What was damaged in the pass before is met again. */
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
    this.#say(`${this.#migrated} of ${this.#total}`, 'so far');
  }

  end(): void {
    if (this.#migrated > 0) this.#say(String(this.#migrated), 'in all');
    const stay = 'and stay in their old model version';
    this.#warn(this.#undecryptable, `cannot be decrypted ${stay}: check the encryption keys`);
    this.#warn(this.#corrupt, `are damaged ${stay}: restore them from a backup`);
  }

  #say(count: string, when: string): void {
    const { type, newest } = this.#model;
    this.#context.logger.info(
      `Migrated ${count} [${type.name}] objects to model version ${newest} ${when}.`,
    );
  }

  #warn(left: NamedCount, what: string): void {
    if (left.count === 0) return;
    this.#context.logger.warn(
      `${left.count} [${this.#model.type.name}] objects ${what} (${left.names}).`,
    );
  }
}

/** A number of objects and the ids of the first of them. */
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
