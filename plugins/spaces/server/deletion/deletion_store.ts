import { filter, type SavedObjectsRepository, unlessConflict } from '@latchkey/saved-objects';
import { type DeletionAttributes, SPACE_DELETION_TYPE } from './deletion_type.ts';

/** Progress of the deletions of spaces, by the id of the space. */
export class DeletionStore {
  readonly #repository: () => SavedObjectsRepository;

  /** @param repository returns the repository, which exists only once the plugin starts */
  constructor(repository: () => SavedObjectsRepository) {
    this.#repository = repository;
  }

  /** Reads a deletion. `undefined`: there is none. */
  async get(spaceId: string): Promise<DeletionAttributes | undefined> {
    const found = await this.#repository().getIfExists<DeletionAttributes>(
      SPACE_DELETION_TYPE,
      spaceId,
    );
    return found?.attributes;
  }

  /**
   * Records the start of a deletion. A record of the same deletion is kept; the record of an
   * earlier space with this id is replaced.
   */
  async begin(spaceId: string, fresh: DeletionAttributes): Promise<DeletionAttributes> {
    const nothing = { requestedBy: undefined, finishedAt: undefined };
    const { outcome, before } = await this.#repository().mutate<DeletionAttributes>(
      SPACE_DELETION_TYPE,
      spaceId,
      (present) =>
        present?.attributes.deletingSince === fresh.deletingSince
          ? 'skip'
          : { ...nothing, ...fresh },
    );
    return outcome === 'skipped' && before !== undefined ? before.attributes : fresh;
  }

  /** Changes a record. `undefined`: the record belongs to another deletion, or was removed. */
  async change(
    spaceId: string,
    deletingSince: string,
    decide: (present: DeletionAttributes) => Partial<DeletionAttributes>,
  ): Promise<DeletionAttributes | undefined> {
    const { outcome, after } = await this.#repository().mutate<DeletionAttributes>(
      SPACE_DELETION_TYPE,
      spaceId,
      (present) =>
        present?.attributes.deletingSince === deletingSince ? decide(present.attributes) : 'skip',
    );
    return outcome === 'updated' ? after?.attributes : undefined;
  }

  /** Removes records of deletions that finished before this instant. */
  async removeFinishedBefore(before: Date, signal: AbortSignal): Promise<void> {
    const old = this.#repository().iterate<DeletionAttributes>({
      type: SPACE_DELETION_TYPE,
      filter: filter.before('finishedAt', before),
    });
    for await (const batch of old) {
      for (const { id, version } of batch) {
        if (signal.aborted) return;
        await unlessConflict(() => this.#repository().delete(SPACE_DELETION_TYPE, id, { version }));
      }
    }
  }
}
