import { filter, SavedObjectError, type SavedObjectsRepository } from '@latchkey/saved-objects';
import { type Task, toTask } from './task.ts';
import { TASK_TYPE, type TaskAttributes } from './task_type.ts';

/** Attributes to replace; `undefined` removes one. */
export type TaskChanges = { readonly [K in keyof TaskAttributes]?: TaskAttributes[K] | undefined };

/** Removes a claim; part of every write that ends one. */
export const NO_CLAIM = {
  ownerId: undefined,
  claimId: undefined,
  claimMs: undefined,
  claimUntil: undefined,
} as const;

/** A row changes under a claim only when somebody reschedules it; more often than this is a fault. */
const MAX_TRIES = 10;

/**
 * The only reader and writer of task rows. Every write is a compare-and-set, so searches may lag: what they find is only a
 * candidate. That is why no write waits to become visible to them.
 */
export class TaskStore {
  readonly #repository: SavedObjectsRepository;

  constructor(repository: SavedObjectsRepository) {
    this.#repository = repository;
  }

  /** Resolves to `false` when the id exists. */
  async create(id: string, attributes: TaskAttributes): Promise<boolean> {
    try {
      await this.#repository.create<TaskAttributes>(TASK_TYPE, attributes, {
        id,
        visibleToSearch: false,
      });
      return true;
    } catch (error) {
      if (hasCode(error, 'conflict')) return false;
      throw error;
    }
  }

  async get(id: string): Promise<Task | undefined> {
    const stored = await this.#repository.getIfExists<TaskAttributes>(TASK_TYPE, id);
    return stored === undefined ? undefined : toTask(stored);
  }

  /** Resolves to `undefined`, without a write, when the task is not at this version any more. */
  async update(
    { id, version }: Pick<Task, 'id' | 'version'>,
    changes: TaskChanges,
  ): Promise<Task | undefined> {
    try {
      const options = { version, visibleToSearch: false };
      return toTask(await this.#repository.update<TaskAttributes>(TASK_TYPE, id, changes, options));
    } catch (error) {
      if (hasCode(error, 'conflict') || hasCode(error, 'not_found')) return undefined;
      throw error;
    }
  }

  /** Resolves to `false`, without a deletion, when the task is not at this version any more. */
  async remove({ id, version }: Pick<Task, 'id' | 'version'>): Promise<boolean> {
    try {
      await this.#repository.delete(TASK_TYPE, id, { version, visibleToSearch: false });
      return true;
    } catch (error) {
      if (hasCode(error, 'conflict') || hasCode(error, 'not_found')) return false;
      throw error;
    }
  }

  /**
   * Updates the task with what `decide` makes of it, again whenever the row changed in between.
   * Resolves to `undefined`, without a write, when the task is gone or `decide` answers `undefined`.
   */
  change(id: string, decide: (task: Task) => TaskChanges | undefined): Promise<Task | undefined> {
    return this.#untilWritten(id, (task) => {
      const changes = decide(task);
      return changes === undefined ? undefined : this.update(task, changes);
    });
  }

  /** Deletes the task if `decide` agrees, asking again whenever the row changed in between. */
  async removeIf(id: string, decide: (task: Task) => boolean): Promise<boolean> {
    const removed = await this.#untilWritten(id, (task) =>
      decide(task) ? this.remove(task).then((done) => done || undefined) : undefined,
    );
    return removed === true;
  }

  async #untilWritten<T>(
    id: string,
    write: (task: Task) => Promise<T | undefined> | undefined,
  ): Promise<T | undefined> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const task = await this.get(id);
      const writing = task === undefined ? undefined : write(task);
      if (writing === undefined) return undefined;
      const written = await writing;
      if (written !== undefined) return written;
    }
    throw new Error(`Task [${id}] changed on every try`);
  }

  /** Idle tasks of these types that are due at `now`, the longest due first. */
  async findDue(types: readonly string[], now: number, limit: number): Promise<readonly Task[]> {
    const { savedObjects } = await this.#repository.find<TaskAttributes>({
      type: TASK_TYPE,
      filter: filter.and(
        filter.equals('status', 'idle'),
        filter.before('runAt', new Date(now + 1)),
        filter.isOneOf('taskType', types),
      ),
      sort: [{ field: 'runAt', order: 'asc' }],
      perPage: limit,
    });
    return savedObjects.map(toTask);
  }

  /** Tasks of these types that some process claims to run. */
  async findRunning(types: readonly string[], limit: number): Promise<readonly Task[]> {
    const { savedObjects } = await this.#repository.find<TaskAttributes>({
      type: TASK_TYPE,
      filter: filter.and(filter.equals('status', 'running'), filter.isOneOf('taskType', types)),
      sort: [{ field: 'runAt', order: 'asc' }],
      perPage: limit,
    });
    return savedObjects.map(toTask);
  }

  /** Batches of one-off tasks that were given up before `instant`. */
  async *failedBefore(instant: Date): AsyncIterable<readonly Task[]> {
    const batches = this.#repository.iterate<TaskAttributes>({
      type: TASK_TYPE,
      filter: filter.and(filter.equals('status', 'failed'), filter.before('updatedAt', instant)),
    });
    for await (const batch of batches) yield batch.map(toTask);
  }
}

function hasCode(error: unknown, code: SavedObjectError['code']): boolean {
  return error instanceof SavedObjectError && error.code === code;
}
