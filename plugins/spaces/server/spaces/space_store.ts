import {
  type Change,
  filter,
  isSavedObjectError,
  type SavedObject,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import type { Space } from '../types.ts';
import { SPACE_TYPE } from './space_type.ts';

/** A space as stored, with the members that {@link Space} lacks. */
export interface StoredSpace extends Space {
  /** Data URL of the avatar. `undefined`: initials are shown. */
  readonly imageUrl: string | undefined;
  /**
   * Instant at which the space was closed to remove its contents. `undefined`: the space is open.
   * The value distinguishes a deletion from a later one of a space with the same id.
   */
  readonly deletingSince: string | undefined;
}

/** A stored space with the version that {@link SpaceStore.update} can require. */
export interface VersionedSpace extends StoredSpace {
  readonly version: string;
}

/** Fields of an update. Absent members are not changed. */
export type SpaceChanges = {
  readonly [K in Exclude<keyof StoredSpace, 'id' | 'deletingSince'>]?: StoredSpace[K] | undefined;
};

interface SpaceAttributes {
  readonly name: string;
  readonly description?: string;
  readonly color?: string;
  readonly initials?: string;
  readonly imageUrl?: string;
  readonly solution?: string;
  readonly disabledFeatures: readonly string[];
  readonly deletingSince?: string;
}

/** Stores spaces by id. All methods throw SavedObjectError when the store cannot be reached. */
export class SpaceStore {
  readonly #repository: () => SavedObjectsRepository;

  /** @param repository returns the repository, which exists only once the plugin starts */
  constructor(repository: () => SavedObjectsRepository) {
    this.#repository = repository;
  }

  /** Reads a space. `undefined`: there is none with this id. */
  async get(id: string): Promise<StoredSpace | undefined> {
    const found = await this.#repository().getIfExists<SpaceAttributes>(SPACE_TYPE, id);
    return found === undefined ? undefined : toSpace(found);
  }

  /** All spaces, sorted by name. */
  async list(): Promise<readonly VersionedSpace[]> {
    const spaces: VersionedSpace[] = [];
    for await (const batch of this.#repository().iterate<SpaceAttributes>({ type: SPACE_TYPE })) {
      spaces.push(...batch.map((found) => ({ ...toSpace(found), version: found.version })));
    }
    return spaces.sort((a, b) => a.name.localeCompare(b.name, 'en') || (a.id < b.id ? -1 : 1));
  }

  async count(): Promise<number> {
    return (await this.#repository().find({ type: SPACE_TYPE, perPage: 1 })).total;
  }

  /** Stores a new space. Resolves to `false` when the id is taken. */
  async create(space: StoredSpace): Promise<boolean> {
    const { id, ...attributes } = space;
    try {
      await this.#repository().create(SPACE_TYPE, attributes, { id });
      return true;
    } catch (error) {
      if (isSavedObjectError(error, 'conflict')) return false;
      throw error;
    }
  }

  /**
   * Changes a space. Members that are `undefined` are removed.
   * @param version the only version that is changed. `undefined`: any version
   * @returns `undefined`: the space does not exist, or is being deleted; `stale`: it has another
   *   version
   */
  async update(
    id: string,
    changes: SpaceChanges,
    version: string | undefined,
  ): Promise<StoredSpace | 'stale' | undefined> {
    let isStale = false;
    const changed = await this.#change(id, (present) => {
      isStale = version !== undefined && present.version !== version;
      return isStale ? 'skip' : changes;
    });
    return isStale ? 'stale' : changed;
  }

  /**
   * Closes the space, unless it is closed already.
   * @returns the closed space; `undefined`: it does not exist
   */
  async close(id: string, at: Date): Promise<StoredSpace | undefined> {
    const closed = await this.#change(id, () => ({ deletingSince: at.toISOString() }));
    if (closed !== undefined) return closed;
    const present = await this.get(id);
    return present?.deletingSince === undefined ? undefined : present;
  }

  /** Ids of the spaces that are being deleted. */
  async *closedIds(): AsyncIterable<string> {
    const closed = this.#repository().iterate<SpaceAttributes>({
      type: SPACE_TYPE,
      filter: filter.exists('deletingSince'),
    });
    for await (const batch of closed) yield* batch.map(({ id }) => id);
  }

  /**
   * Removes the space if it is still closed by this deletion. A process that was paused must not
   * remove a new space with the same id.
   */
  async removeClosed({
    id,
    deletingSince,
  }: Pick<StoredSpace, 'id' | 'deletingSince'>): Promise<void> {
    await this.#repository().mutate<SpaceAttributes>(SPACE_TYPE, id, (present) => {
      const since = present?.attributes.deletingSince;
      return since !== undefined && since === deletingSince ? 'remove' : 'skip';
    });
  }

  /** Changes a space, but not while it is being deleted. */
  async #change(
    id: string,
    decide: (present: SavedObject<SpaceAttributes>) => Change<SpaceAttributes>,
  ): Promise<StoredSpace | undefined> {
    const { outcome, after } = await this.#repository().mutate<SpaceAttributes>(
      SPACE_TYPE,
      id,
      (present) =>
        present === undefined || present.attributes.deletingSince !== undefined
          ? 'skip'
          : decide(present),
    );
    return outcome === 'updated' ? after && toSpace(after) : undefined;
  }
}

function toSpace({ id, attributes }: SavedObject<SpaceAttributes>): StoredSpace {
  return {
    id,
    name: attributes.name,
    description: attributes.description,
    color: attributes.color,
    initials: attributes.initials,
    imageUrl: attributes.imageUrl,
    solution: attributes.solution,
    disabledFeatures: attributes.disabledFeatures,
    deletingSince: attributes.deletingSince,
  };
}
