import { filter, isConflict, type SavedObjectsRepository } from '@latchkey/saved-objects';
import { type DeletionAttributes, SPACE_DELETION_TYPE } from './deletion_type.ts';

/** Progress of the deletions of spaces, by the id of the space. */
export class DeletionStore {
  readonly #repository: () => SavedObjectsRepository;

  /** @param repository called at each use, because it exists only once the plugin starts */
  constructor(repository: () => SavedObjectsRepository) {
    this.#repository = repository;
  }

  async get(spaceId: string): Promise<DeletionAttributes | undefined> {
    return (await this.#read(spaceId))?.attributes;
  }

  /**
   * Records a deletion. An existing record of this deletion stays; one of an earlier space with
   * this id is replaced.
   */
  async begin(spaceId: string, fresh: DeletionAttributes): Promise<DeletionAttributes> {
    for (;;) {
      const present = await this.#read(spaceId);
      if (present?.attributes.deletingSince === fresh.deletingSince) return present.attributes;
      try {
        if (present === undefined) {
          await this.#repository().create(SPACE_DELETION_TYPE, fresh, { id: spaceId });
        } else {
          const { version } = present;
          const nothing = { requestedBy: undefined, finishedAt: undefined };
          await this.#repository().update<DeletionAttributes>(
            SPACE_DELETION_TYPE,
            spaceId,
            { ...nothing, ...fresh },
            { version },
          );
        }
        return fresh;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  }

  /** `undefined`: the record belongs to another deletion by now, or is gone. */
  async change(
    spaceId: string,
    deletingSince: string,
    decide: (present: DeletionAttributes) => Partial<DeletionAttributes>,
  ): Promise<DeletionAttributes | undefined> {
    for (;;) {
      const present = await this.#read(spaceId);
      if (present === undefined || present.attributes.deletingSince !== deletingSince)
        return undefined;
      try {
        const { attributes } = await this.#repository().update<DeletionAttributes>(
          SPACE_DELETION_TYPE,
          spaceId,
          decide(present.attributes),
          { version: present.version },
        );
        return attributes;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  }

  /** Removes records of deletions that finished before this instant. */
  async forgetFinishedBefore(before: Date, signal: AbortSignal): Promise<void> {
    const old = this.#repository().iterate<DeletionAttributes>({
      type: SPACE_DELETION_TYPE,
      filter: filter.before('finishedAt', before),
    });
    for await (const batch of old) {
      for (const { id, version } of batch) {
        if (signal.aborted) return;
        await this.#repository()
          .delete(SPACE_DELETION_TYPE, id, { version })
          .catch((error: unknown) => {
            if (!isConflict(error)) throw error;
          });
      }
    }
  }

  #read(spaceId: string) {
    return this.#repository().getIfExists<DeletionAttributes>(SPACE_DELETION_TYPE, spaceId);
  }
}
