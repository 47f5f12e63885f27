import type { TypeModel } from '../model_versions/type_model.ts';
import { countOutdated, migrateDocuments } from './migrate_documents.ts';
import type { MigrationContext } from './migration_context.ts';

/** Dependencies and interval of a {@link RollingMigrator}. */
export interface RollingMigratorOptions extends MigrationContext {
  readonly models: readonly TypeModel[];
  /** Average milliseconds between two runs. */
  readonly intervalMs: number;
}

/**
 * Migrates documents that an older build writes after the migration at start, while both builds run
 * during a rolling upgrade. Reads by id migrate such documents only in memory. This class also
 * writes the migrated documents, periodically and before a search that would miss them.
 */
export class RollingMigrator {
  readonly #options: RollingMigratorOptions;
  /**
   * Number of damaged documents by type. They stay outdated. A type is not migrated while it has no
   * other outdated documents; otherwise every run would report the damaged ones again.
   */
  readonly #unmigratable = new Map<string, number>();
  /** The running migration by type. */
  readonly #running = new Map<string, Promise<void>>();
  /** The next migration by type. It begins when the running one has ended. */
  readonly #waiting = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;

  constructor(options: RollingMigratorOptions) {
    this.#options = options;
  }

  /** Records the number of damaged documents that the migration at start could not migrate. */
  markUnmigratable(model: TypeModel, damaged: number): void {
    this.#unmigratable.set(model.type.name, damaged);
  }

  /** Starts the periodic migration. Does not keep the process alive. */
  start(): void {
    if (this.#options.signal.aborted) return;
    // Random intervals, so that processes that start together do not migrate the same documents.
    const waitMs = this.#options.intervalMs * (0.5 + Math.random());
    this.#timer = setTimeout(() => {
      this.#round = this.#migrateAll().finally(() => this.start());
    }, waitMs).unref();
  }

  /**
   * Resolves when no read or write is pending. Abort the signal of the options before this call.
   */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#round;
  }

  /**
   * Migrates the outdated documents of one type. Concurrent callers share one migration, but only
   * one that begins after their calls: an earlier one may have missed documents that were written
   * since.
   * @throws StoreError, and the reason of the signal after an abort
   */
  migrateNow(model: TypeModel): Promise<void> {
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
    if (count <= (this.#unmigratable.get(name) ?? 0)) return;
    this.#unmigratable.set(
      name,
      await migrateDocuments(this.#options, model, { visibleToSearch: true }),
    );
  }

  async #migrateAll(): Promise<void> {
    const { models, signal, logger } = this.#options;
    for (const model of models.filter(({ newest }) => newest > 1)) {
      if (signal.aborted) return;
      try {
        await this.migrateNow(model);
      } catch (error) {
        // Debug level is enough: requests that need the store at this time report its failure
        // themselves.
        if (signal.aborted) return;
        logger.debug(
          `Could not migrate [${model.type.name}] objects of an older build; they will be retried in the next run`,
          { error },
        );
      }
    }
  }
}
