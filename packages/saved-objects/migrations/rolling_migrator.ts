import { countOutdated, migrateDocuments } from './migrate_documents.ts';
import type { MigrationContext } from './migration_context.ts';
import type { TypeModel } from './type_model.ts';

/** What {@link RollingMigrator} works with. */
export interface RollingMigratorOptions extends MigrationContext {
  readonly models: readonly TypeModel[];
  /** Milliseconds between two looks, on average. */
  readonly intervalMs: number;
}

/**
 * Documents that an older build writes after this one has migrated what it found at its start: both run side by side while a new version is
 * rolled out. They are understood when they are read; here they are also written, now and then, and before a search that would miss them.
 */
export class RollingMigrator {
  readonly #options: RollingMigratorOptions;
  /** Damaged documents of a type that stay outdated. They must not be tried, and complained about, at every look. */
  readonly #leftover = new Map<string, number>();
  readonly #running = new Map<string, Promise<void>>();
  /** Begins when what runs has ended. */
  readonly #waiting = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> | undefined;

  constructor(options: RollingMigratorOptions) {
    this.#options = options;
  }

  /** Tells of documents that the migration at start had to leave as they are. */
  leave(model: TypeModel, damaged: number): void {
    this.#leftover.set(model.type.name, damaged);
  }

  /** Begins to look now and then. Does not keep the process alive. */
  start(): void {
    if (this.#options.signal.aborted) return;
    // Processes started together should not do the same work together.
    const waitMs = this.#options.intervalMs * (0.5 + Math.random());
    this.#timer = setTimeout(() => {
      this.#look = this.#lookAtAll().finally(() => this.start());
    }, waitMs).unref();
  }

  /** Resolves when nothing is read or written any more. The signal of the options must have been aborted. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#look;
  }

  /**
   * Migrates what is late of one type. Callers at the same time share the work, but never one that began before they asked: it may have looked
   * too early for them.
   * @throws StoreError, and the signal's reason once aborted
   */
  bringUpToDate(model: TypeModel): Promise<void> {
    const { name } = model.type;
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) return waiting;
    const running = this.#running.get(name);
    if (running === undefined) return this.#run(model);
    const next = running
      .catch(() => undefined)
      .then(() => {
        this.#waiting.delete(name);
        return this.#run(model);
      });
    this.#waiting.set(name, next);
    return next;
  }

  #run(model: TypeModel): Promise<void> {
    const { name } = model.type;
    const work = this.#migrate(model).finally(() => {
      if (this.#running.get(name) === work) this.#running.delete(name);
    });
    this.#running.set(name, work);
    return work;
  }

  async #migrate(model: TypeModel): Promise<void> {
    const { name } = model.type;
    const count = await countOutdated(this.#options, model);
    if (count <= (this.#leftover.get(name) ?? 0)) return;
    this.#leftover.set(
      name,
      await migrateDocuments(this.#options, model, { visibleToSearch: true }),
    );
  }

  async #lookAtAll(): Promise<void> {
    const { models, signal, logger } = this.#options;
    for (const model of models.filter(({ newest }) => newest > 1)) {
      if (signal.aborted) return;
      try {
        await this.bringUpToDate(model);
      } catch (error) {
        // The next look does it; whoever needs the store now hears of its state anyway.
        if (!signal.aborted) logger.debug(`Late [${model.type.name}] objects wait.`, { error });
      }
    }
  }
}
