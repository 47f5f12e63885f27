import type { Clock, Randomness } from '@latchkey/core/server';
import { isConflict, type SavedObject, type SavedObjectsRepository } from '@latchkey/saved-objects';
import { RotationError } from './rotation_error.ts';
import { ROTATION_ID, ROTATION_TYPE, type RotationAttributes } from './rotation_type.ts';

/** Between two signs of life of a rotation. */
export const BEAT_MS = 2_000;
/** A rotation whose row stands still for so long has died with its server. */
const DEAD_AFTER_MS = 3 * BEAT_MS;
const LOOK_EVERY_MS = 500;

/** What a rotation begins with. */
export type RotationStart = Pick<RotationAttributes, 'primaryKeyId' | 'onlyType' | 'objects'>;

/** What changes while it runs, and at its end. */
export type RotationProgress = Partial<
  Pick<RotationAttributes, 'state' | 'pass' | 'lookedAt' | 'successful' | 'failed'>
>;

/**
 * The row of the latest rotation: progress for everybody who asks, on any server, and a claim that keeps two servers from doing the same
 * work. The claim is for thrift only: should two rotations run after all, each write is still a compare-and-set on its object.
 */
export class RotationLedger {
  readonly #repository: SavedObjectsRepository;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor(deps: {
    readonly repository: SavedObjectsRepository;
    readonly clock: Clock;
    readonly randomness: Randomness;
  }) {
    this.#repository = deps.repository;
    this.#clock = deps.clock;
    this.#randomness = deps.randomness;
  }

  /** `undefined`: no key was ever rotated here. */
  async latest(): Promise<RotationAttributes | undefined> {
    return (await this.#read())?.attributes;
  }

  /** Whether a rotation with this row is at work as far as its beat tells, by the wall clock: for people. */
  seemsAlive({ state, beatAt }: RotationAttributes): boolean {
    return state === 'running' && this.#clock.now() - Date.parse(beatAt) < 10 * DEAD_AFTER_MS;
  }

  /**
   * Makes the row ours. Another server's rotation that is marked as running is watched for a few seconds first, to tell a live one from
   * one that was killed.
   * @throws RotationError `rotation_in_progress`
   */
  async begin(start: RotationStart, signal: AbortSignal): Promise<RotationClaim> {
    const found = await this.#read();
    if (found !== undefined) await this.#ensureDead(found, signal);
    const now = new Date(this.#clock.now()).toISOString();
    const attributes: RotationAttributes = {
      ...start,
      rotationId: this.#randomness.uuid(),
      state: 'running',
      pass: 1,
      lookedAt: 0,
      successful: 0,
      failed: 0,
      startedAt: now,
      beatAt: now,
    };
    return new RotationClaim(this.#repository, this.#clock, await this.#write(attributes, found));
  }

  async #write(
    attributes: RotationAttributes,
    over: SavedObject<RotationAttributes> | undefined,
  ): Promise<SavedObject<RotationAttributes>> {
    const cleared = { endedAt: undefined, onlyType: undefined, ...attributes };
    try {
      return over === undefined
        ? await this.#repository.create(ROTATION_TYPE, attributes, {
            id: ROTATION_ID,
            visibleToSearch: false,
          })
        : await this.#repository.update<RotationAttributes>(ROTATION_TYPE, ROTATION_ID, cleared, {
            version: over.version,
            visibleToSearch: false,
          });
    } catch (error) {
      if (isConflict(error)) throw inProgress(error);
      throw error;
    }
  }

  async #ensureDead(found: SavedObject<RotationAttributes>, signal: AbortSignal): Promise<void> {
    // Watched however old its heartbeat is: after a clock jump on either server, a live rotation
    // looks old.
    if (found.attributes.state !== 'running') return;
    for (let watchedMs = 0; watchedMs < DEAD_AFTER_MS; watchedMs += LOOK_EVERY_MS) {
      await this.#clock.sleep(LOOK_EVERY_MS, signal);
      if ((await this.#read())?.version !== found.version) throw inProgress();
    }
  }

  #read(): Promise<SavedObject<RotationAttributes> | undefined> {
    return this.#repository.getIfExists<RotationAttributes>(ROTATION_TYPE, ROTATION_ID);
  }
}

/** The row, as long as it is ours. */
export class RotationClaim {
  readonly #repository: SavedObjectsRepository;
  readonly #clock: Clock;
  #row: SavedObject<RotationAttributes>;

  constructor(
    repository: SavedObjectsRepository,
    clock: Clock,
    row: SavedObject<RotationAttributes>,
  ) {
    this.#repository = repository;
    this.#clock = clock;
    this.#row = row;
  }

  /** Writes progress, a sign of life at the same time. Resolves to `false` when another server has taken over. */
  async note(progress: RotationProgress): Promise<boolean> {
    const now = new Date(this.#clock.now()).toISOString();
    const hasEnded = progress.state !== undefined && progress.state !== 'running';
    const changes = { ...progress, beatAt: now, ...(hasEnded ? { endedAt: now } : {}) };
    try {
      this.#row = await this.#repository.update<RotationAttributes>(
        ROTATION_TYPE,
        ROTATION_ID,
        changes,
        { version: this.#row.version, visibleToSearch: false },
      );
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  }
}

function inProgress(cause?: unknown): RotationError {
  return new RotationError(
    'rotation_in_progress',
    'A key rotation is already in progress on another server',
    cause === undefined ? undefined : { cause },
  );
}
