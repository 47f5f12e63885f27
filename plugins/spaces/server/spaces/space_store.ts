import {
  type SavedObject,
  SavedObjectError,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import type { Space } from '../types.ts';
import { SPACE_TYPE } from './space_type.ts';

/** A space as stored. */
export interface StoredSpace extends Space {
  readonly imageUrl: string | undefined;
  /** Its contents are being removed, or their removal failed half-way. */
  readonly isBeingDeleted: boolean;
}

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

/** Spaces by id. */
export class SpaceStore {
  readonly #repository: () => SavedObjectsRepository;

  /** @param repository asked at each use, because it exists only once the plugin starts */
  constructor(repository: () => SavedObjectsRepository) {
    this.#repository = repository;
  }

  async get(id: string): Promise<StoredSpace | undefined> {
    const found = await this.#repository().getIfExists<SpaceAttributes>(SPACE_TYPE, id);
    return found === undefined ? undefined : toSpace(found);
  }

  /** By name. */
  async list(): Promise<readonly StoredSpace[]> {
    const spaces: StoredSpace[] = [];
    for await (const batch of this.#repository().iterate<SpaceAttributes>({ type: SPACE_TYPE })) {
      spaces.push(...batch.map(toSpace));
    }
    return spaces.sort((a, b) => a.name.localeCompare(b.name, 'en') || (a.id < b.id ? -1 : 1));
  }

  async count(): Promise<number> {
    return (await this.#repository().find({ type: SPACE_TYPE, perPage: 1 })).total;
  }

  /** Resolves to `false` when the id is taken. */
  async create(space: StoredSpace): Promise<boolean> {
    const { id, isBeingDeleted: _, ...attributes } = space;
    try {
      await this.#repository().create(SPACE_TYPE, withoutAbsent(attributes), { id });
      return true;
    } catch (error) {
      if (isCode(error, 'conflict')) return false;
      throw error;
    }
  }

  /** Resolves to `false` when there is none. */
  async update(space: StoredSpace): Promise<boolean> {
    const { id, isBeingDeleted: _, ...attributes } = space;
    return this.#write(id, attributes);
  }

  /** Resolves to `false` when there is none. */
  markForDeletion(id: string, at: Date): Promise<boolean> {
    return this.#write(id, { deletingSince: at.toISOString() });
  }

  async remove(id: string): Promise<void> {
    try {
      await this.#repository().delete(SPACE_TYPE, id, { visibleToSearch: true });
    } catch (error) {
      if (!isCode(error, 'not_found')) throw error;
    }
  }

  async #write(
    id: string,
    attributes: { readonly [K in keyof SpaceAttributes]?: SpaceAttributes[K] | undefined },
  ): Promise<boolean> {
    try {
      await this.#repository().update<SpaceAttributes>(SPACE_TYPE, id, attributes);
      return true;
    } catch (error) {
      if (isCode(error, 'not_found')) return false;
      throw error;
    }
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
    isBeingDeleted: attributes.deletingSince !== undefined,
  };
}

function withoutAbsent(attributes: object): object {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

function isCode(error: unknown, code: SavedObjectError['code']): boolean {
  return error instanceof SavedObjectError && error.code === code;
}
