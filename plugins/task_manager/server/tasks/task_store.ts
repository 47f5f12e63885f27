import {
  type AttributeChanges,
  filter,
  isSavedObjectError,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import { type Task, toTask } from './task.ts';
import { TASK_TYPE, type TaskAttributes } from './task_type.ts';

/** Attributes to replace. A value of `undefined` removes the attribute. */
export type TaskChanges = AttributeChanges<TaskAttributes>;

/** Changes that remove a claim. Every write that ends a claim contains them. */
export const NO_CLAIM = {
  ownerId: undefined,
  claimId: undefined,
  claimMs: undefined,
  claimUntil: undefined,
} as const;

/**
 * Maximum attempts to write. While a task is claimed, its row only changes when the task is
 * rescheduled, so more conflicts mean a fault.
 */
const MAX_ATTEMPTS = 10;

/**
 * The only class that reads and writes task rows. Every write is a compare-and-set, so a search
 * result may be outdated: it is only a candidate. All methods throw SavedObjectError when the store
 * cannot be reached.
 */
export class TaskStore {
  readonly #repository: SavedObjectsRepository;

  constructor(repository: SavedObjectsRepository) {
    this.#repository = repository;
  }

  /** Creates a task. Resolves to `false` when the id exists. */
  async create(id: string, attributes: TaskAttributes): Promise<boolean> {
    try {
      await this.#repository.create<TaskAttributes>(TASK_TYPE, attributes, { id });
      return true;
    } catch (error) {
      if (isSavedObjectError(error, 'conflict')) return false;
      throw error;
    }
  }

  /** Reads a task. `undefined`: there is none with this id. */
  async get(id: string): Promise<Task | undefined> {
    const stored = await this.#repository.getIfExists<TaskAttributes>(TASK_TYPE, id);
    return stored === undefined ? undefined : toTask(stored);
  }

  /** Reads tasks. Tasks that do not exist are left out. */
  async getMany(ids: readonly string[]): Promise<readonly Task[]> {
    const stored = await this.#repository.bulkGet<TaskAttributes>(
      ids.map((id) => ({ type: TASK_TYPE, id })),
    );
    return stored.flatMap((each) => (each === undefined ? [] : [toTask(each)]));
  }

  /**
   * Changes a task. Resolves to `undefined`, without a write, when the task no longer has this
   * version.
   */
  async update(
    { id, version }: Pick<Task, 'id' | 'version'>,
    changes: TaskChanges,
  ): Promise<Task | undefined> {
    const updated = await unlessConflict(() =>
      this.#repository.update<TaskAttributes>(TASK_TYPE, id, changes, { version }),
    );
    return updated && toTask(updated);
  }

  /**
   * Deletes a task. Resolves to `false`, without a deletion, when the task no longer has this
   * version.
   */
  async remove({ id, version }: Pick<Task, 'id' | 'version'>): Promise<boolean> {
    const removed = await unlessConflict(async () => {
      await this.#repository.delete(TASK_TYPE, id, { version });
      return true;
    });
    return removed === true;
  }

  /**
   * Updates the task with the result of `decide`. Repeats this whenever the row changed in between.
   * Resolves to `undefined`, without a write, when the task was deleted or `decide` returns
   * `undefined`.
   * @throws SavedObjectError `contended`
   */
  async change(
    id: string,
    decide: (task: Task) => TaskChanges | undefined,
  ): Promise<Task | undefined> {
    const { outcome, after } = await this.#repository.mutate<TaskAttributes>(
      TASK_TYPE,
      id,
      (stored) => (stored && decide(toTask(stored))) ?? 'skip',
      { attempts: MAX_ATTEMPTS },
    );
    return outcome === 'updated' ? after && toTask(after) : undefined;
  }

  /** Deletes the task at any version. Resolves to `false` when it does not exist. */
  async removeAny(id: string): Promise<boolean> {
    const { outcome } = await this.#repository.mutate<TaskAttributes>(
      TASK_TYPE,
      id,
      (stored) => (stored === undefined ? 'skip' : 'remove'),
      { attempts: MAX_ATTEMPTS },
    );
    return outcome === 'removed';
  }

  /**
   * Idle tasks of these types that are due at `now`, sorted by the time at which they became due.
   * @param now milliseconds since the epoch
   * @param limit maximum number of tasks
   */
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

  /** Tasks of these types that a process has claimed. At most `limit`. */
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
