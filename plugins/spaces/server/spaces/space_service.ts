import { type Clock, type Principal, ReadThroughCache } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import { SpaceError } from './space_error.ts';
import type { SpaceStore, StoredSpace } from './space_store.ts';

/** The space that always exists and that URLs do not name. */
export const DEFAULT_SPACE_ID = 'default';

/** What creating, changing and deleting spaces takes. */
export const MANAGE_SPACES = 'spaces:manage';

/** How late a space made or deleted by another process is noticed here. */
const CACHE_MS = 2000;
const MAX_CACHED = 1000;

export interface SpaceServiceDeps {
  readonly store: SpaceStore;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly security: () => Pick<SecurityStart, 'missingPrivileges' | 'hasAnyPrivilege'>;
  readonly maxSpaces: number;
}

type Input = Omit<StoredSpace, 'isBeingDeleted'>;

/** Spaces and who sees them: a person sees those in which they hold a privilege, a manager sees all. */
export class SpaceService {
  readonly #deps: SpaceServiceDeps;
  readonly #existence: ReadThroughCache<boolean>;
  readonly #deleteListeners: ((spaceId: string) => Promise<void>)[] = [];

  constructor(deps: SpaceServiceDeps) {
    this.#deps = deps;
    this.#existence = new ReadThroughCache({
      clock: deps.clock,
      ttlMs: CACHE_MS,
      maxEntries: MAX_CACHED,
      load: async (id) => (await deps.store.get(id))?.isBeingDeleted === false,
    });
  }

  onDelete(listener: (spaceId: string) => Promise<void>): void {
    this.#deleteListeners.push(listener);
  }

  /** Whether requests may enter the space. Asked for each request that names one. */
  async exists(id: string): Promise<boolean> {
    return id === DEFAULT_SPACE_ID || this.#existence.get(id);
  }

  async ensureDefault(): Promise<void> {
    // Somebody else may have made it, a moment or a year ago: either way it is there.
    await this.#deps.store.create({
      id: DEFAULT_SPACE_ID,
      name: 'Default',
      description: 'This is your default space.',
      color: undefined,
      initials: undefined,
      solution: undefined,
      imageUrl: undefined,
      disabledFeatures: [],
      isBeingDeleted: false,
    });
  }

  async list(principal: Principal): Promise<readonly StoredSpace[]> {
    const spaces = await this.#deps.store.list();
    if (await this.#mayManage(principal)) return spaces;
    const visible = await Promise.all(spaces.map((space) => this.#isVisible(principal, space)));
    return spaces.filter((_, index) => visible[index]);
  }

  /** @throws SpaceError `space_not_found`, also for a space that the principal has no business in */
  async get(principal: Principal, id: string): Promise<StoredSpace> {
    const space = await this.#deps.store.get(id);
    if (space === undefined) throw notFound(id);
    const visible = (await this.#mayManage(principal)) || (await this.#isVisible(principal, space));
    if (!visible) throw notFound(id);
    return space;
  }

  /** @throws SpaceError `space_exists`, `space_limit_reached` */
  async create(input: Input): Promise<StoredSpace> {
    const { maxSpaces, store } = this.#deps;
    if ((await store.count()) >= maxSpaces) {
      throw new SpaceError(
        'space_limit_reached',
        `There are ${maxSpaces} spaces already, as many as xpack.spaces.maxSpaces allows.`,
        { spaceId: input.id },
      );
    }
    const space = { ...input, isBeingDeleted: false };
    const created = await store.create(space);
    this.#existence.invalidate(input.id);
    if (!created) {
      throw new SpaceError('space_exists', `Space [${input.id}] already exists.`, {
        spaceId: input.id,
      });
    }
    return space;
  }

  /** @throws SpaceError `space_not_found` */
  async update(input: Input): Promise<StoredSpace> {
    const space = { ...input, isBeingDeleted: false };
    if (!(await this.#deps.store.update(space))) throw notFound(input.id);
    return space;
  }

  /**
   * Closes the space, removes its contents, then the space. When contents cannot be removed the space stays closed, and the
   * deletion can be repeated.
   * @throws SpaceError `space_not_found`, `space_reserved`, `space_delete_incomplete`
   */
  async delete(id: string): Promise<void> {
    if (id === DEFAULT_SPACE_ID) {
      throw new SpaceError('space_reserved', 'The default space cannot be deleted.', {
        spaceId: id,
      });
    }
    const marked = await this.#deps.store.markForDeletion(id, new Date(this.#deps.clock.now()));
    this.#existence.invalidate(id);
    if (!marked) throw notFound(id);
    await this.#removeContents(id);
    await this.#deps.store.remove(id);
    this.#existence.invalidate(id);
  }

  async #removeContents(id: string): Promise<void> {
    try {
      for (const listener of this.#deleteListeners) await listener(id);
    } catch (error) {
      throw new SpaceError(
        'space_delete_incomplete',
        `Not everything in space [${id}] could be removed. Nobody can enter it; delete it again.`,
        { spaceId: id },
        { cause: error },
      );
    }
  }

  async #mayManage(principal: Principal): Promise<boolean> {
    return (await this.#deps.security().missingPrivileges(principal, [MANAGE_SPACES])).length === 0;
  }

  async #isVisible(principal: Principal, { id, isBeingDeleted }: StoredSpace): Promise<boolean> {
    if (isBeingDeleted) return false;
    const { user } = principal;
    return this.#deps.security().hasAnyPrivilege({ user, spaceId: id });
  }
}

function notFound(id: string): SpaceError {
  return new SpaceError('space_not_found', `Space [${id}] does not exist.`, { spaceId: id });
}
