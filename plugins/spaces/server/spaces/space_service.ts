import { DEFAULT_SPACE_ID } from '@latchkey/core/common';
import { type Clock, type Principal, ReadThroughCache } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import { DEFAULT_SPACE_DESCRIPTION, MANAGE_SPACES } from '../../common/index.ts';
import { SpaceError } from './space_error.ts';
import type { SpaceChanges, SpaceStore, StoredSpace, VersionedSpace } from './space_store.ts';

/** Milliseconds until this process notices that another process has created or deleted a space. */
const CACHE_MS = 2000;
const MAX_CACHED = 1000;

/** Collaborators and settings of {@link SpaceService}. */
export interface SpaceServiceDeps {
  readonly store: SpaceStore;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly security: () => Pick<SecurityStart, 'missingPrivileges' | 'hasAnyPrivilege'>;
  readonly maxSpaces: number;
  /**
   * Removes the contents of a closed space. Resolves when they are removed, or when the work
   * continues in the background.
   */
  readonly removeContents: (space: StoredSpace, requestedBy: Principal) => Promise<void>;
}

/** A new space as a client describes it. */
export type SpaceInput = Omit<StoredSpace, 'deletingSince'>;

/** Purposes of spaces, as Kibana defines them. */
export type SpacePurpose =
  | 'any'
  | 'copySavedObjectsIntoSpace'
  | 'findSavedObjects'
  | 'shareSavedObjectsIntoSpace';

/** A space, and the purposes for which the principal may use it. */
export interface ListedSpace extends VersionedSpace {
  readonly authorizedPurposes: Readonly<Record<SpacePurpose, boolean>>;
}

/**
 * Spaces and their visibility: users see the spaces in which they have a privilege; users who
 * manage spaces see all. A space that is being deleted does not exist for any caller.
 */
export class SpaceService {
  readonly #deps: SpaceServiceDeps;
  readonly #existence: ReadThroughCache<boolean>;

  constructor(deps: SpaceServiceDeps) {
    this.#deps = deps;
    this.#existence = new ReadThroughCache({
      clock: deps.clock,
      ttlMs: CACHE_MS,
      maxEntries: MAX_CACHED,
      load: (id) => this.isOpen(id),
    });
  }

  /**
   * Returns `true` if a user's requests may enter the space. To the user, a space without any
   * privilege looks like a space that does not exist.
   */
  async existsFor(id: string, { user }: Principal): Promise<boolean> {
    const exists = await this.exists(id);
    // Always called, so that the response for a missing space takes as long as for a hidden one.
    const isAllowed = await this.#deps.security().hasAnyPrivilege({ user, spaceId: id });
    return exists && isAllowed;
  }

  /**
   * Returns `true` if a space exists. Called for each request that names a space, so it is cached:
   * changes by other processes are seen after at most two seconds.
   */
  async exists(id: string): Promise<boolean> {
    return id === DEFAULT_SPACE_ID || this.#existence.get(id);
  }

  /** Like {@link exists}, but without a cache. */
  async isOpen(id: string): Promise<boolean> {
    if (id === DEFAULT_SPACE_ID) return true;
    const space = await this.#deps.store.get(id);
    return space !== undefined && space.deletingSince === undefined;
  }

  async ensureDefault(): Promise<void> {
    // The default space may already exist, because another process creates it at the same time, or
    // an earlier start did.
    await this.#deps.store.create({
      id: DEFAULT_SPACE_ID,
      name: 'Default',
      description: DEFAULT_SPACE_DESCRIPTION,
      color: undefined,
      initials: undefined,
      solution: undefined,
      imageUrl: undefined,
      disabledFeatures: [],
      deletingSince: undefined,
    });
  }

  /**
   * Lists the spaces that the principal may enter.
   * @param purpose only spaces that the principal may use for this purpose; default `any`
   */
  async list(principal: Principal, purpose: SpacePurpose = 'any'): Promise<readonly ListedSpace[]> {
    const all = await this.#deps.store.list();
    const spaces = all.filter(({ deletingSince }) => deletingSince === undefined);
    const isManager = await this.#mayManage(principal);
    const listed = await Promise.all(
      spaces.map(async (space) => {
        const isVisible = isManager || (await this.#isVisible(principal, space));
        // This server cannot copy or share saved objects between spaces. As in Kibana, users who
        // manage spaces are nevertheless reported as authorized.
        const authorizedPurposes = {
          any: isVisible,
          copySavedObjectsIntoSpace: isManager,
          findSavedObjects: isVisible,
          shareSavedObjectsIntoSpace: isManager,
        };
        return { ...space, authorizedPurposes };
      }),
    );
    return listed.filter(({ authorizedPurposes }) => authorizedPurposes[purpose]);
  }

  /**
   * Reads a space.
   * @throws SpaceError `space_not_found`, even for a space in which the principal has no privilege
   */
  async get(principal: Principal, id: string): Promise<StoredSpace> {
    const space = await this.#deps.store.get(id);
    if (space === undefined || space.deletingSince !== undefined) throw notFound(id);
    const visible = (await this.#mayManage(principal)) || (await this.#isVisible(principal, space));
    if (!visible) throw notFound(id);
    return space;
  }

  /**
   * Creates a space.
   * @throws SpaceError `space_exists`, `space_being_deleted`, `space_limit_reached`
   */
  async create(input: SpaceInput): Promise<StoredSpace> {
    const { maxSpaces, store } = this.#deps;
    const { id } = input;
    if ((await store.count()) >= maxSpaces) {
      throw new SpaceError(
        'space_limit_reached',
        `The number of spaces has reached its limit of ${maxSpaces}. Delete a space, or ask an administrator to raise xpack.spaces.maxSpaces.`,
        { spaceId: id },
      );
    }
    const space = { ...input, deletingSince: undefined };
    const created = await store.create(space);
    this.#existence.invalidate(id);
    if (created) return space;
    const present = await store.get(id);
    if (present?.deletingSince === undefined)
      throw new SpaceError('space_exists', `Space [${id}] already exists.`, { spaceId: id });
    throw new SpaceError(
      'space_being_deleted',
      `Space [${id}] is being deleted. Its id can be used again when all data of the space is removed; GET /internal/spaces/space/${id}/_deletion returns the progress.`,
      { spaceId: id },
    );
  }

  /**
   * Changes a space. Absent members of `changes` are not changed.
   * @param options.version the only version that is changed. `undefined`: any version
   * @throws SpaceError `space_not_found`; with a version also `stale_version`
   */
  async update(
    id: string,
    changes: SpaceChanges,
    { version }: { readonly version?: string | undefined } = {},
  ): Promise<StoredSpace> {
    const updated = await this.#deps.store.update(id, changes, version);
    if (updated === undefined) throw notFound(id);
    if (updated === 'stale') {
      throw new SpaceError(
        'stale_version',
        `Space [${id}] was changed after the version that the request names.`,
        { spaceId: id },
      );
    }
    return updated;
  }

  /**
   * Closes the space permanently, then removes its contents and finally the space itself, in this
   * call or in the background. The call may be repeated.
   * @throws SpaceError `space_not_found`, `space_reserved`
   */
  async delete(principal: Principal, id: string): Promise<void> {
    if (id === DEFAULT_SPACE_ID) {
      throw new SpaceError('space_reserved', 'The default space cannot be deleted.', {
        spaceId: id,
      });
    }
    const closed = await this.#deps.store.close(id, new Date(this.#deps.clock.now()));
    this.#existence.invalidate(id);
    if (closed === undefined) throw notFound(id);
    await this.#deps.removeContents(closed, principal);
  }

  async #mayManage(principal: Principal): Promise<boolean> {
    return (await this.#deps.security().missingPrivileges(principal, [MANAGE_SPACES])).length === 0;
  }

  async #isVisible({ user }: Principal, { id }: StoredSpace): Promise<boolean> {
    return this.#deps.security().hasAnyPrivilege({ user, spaceId: id });
  }
}

function notFound(id: string): SpaceError {
  return new SpaceError('space_not_found', `Space [${id}] does not exist.`, { spaceId: id });
}
