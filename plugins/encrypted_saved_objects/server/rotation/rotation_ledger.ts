import type { Clock, Randomness } from '@latchkey/core/server';
import {
  type AttributeChanges,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import {
  createProcessLivenessProbe,
  type Lease,
  type LeasedDocument,
  LeaseMonitor,
  type ProcessLivenessProbe,
  probeOfEnds,
  takeLease,
} from '@latchkey/saved-objects/coordination';
import { RotationError } from './rotation_error.ts';
import { ROTATION_ID, ROTATION_TYPE, type RotationAttributes } from './rotation_type.ts';

/**
 * Lifetime of a claim without a heartbeat, in milliseconds. A rotation whose row did not change for
 * this time is dead: its server crashed or stopped.
 */
const CLAIM_MS = 6_000;
const POLL_INTERVAL_MS = 500;
/** The id of a rotation has at most 64 characters, with the identity of its process. */
const OWNER_BYTES = 12;
/** The API shows a rotation as running until its row did not change for this time. */
const SEEMS_ALIVE_MS = 10 * CLAIM_MS;

/** Attributes at the start of a rotation. */
export type RotationStart = Pick<RotationAttributes, 'primaryKeyId' | 'onlyType' | 'objects'>;

/** The right to write the row, while this process holds it. */
export type RotationLease = Lease<
  SavedObject<RotationAttributes>,
  AttributeChanges<RotationAttributes>
>;

/**
 * The row of the latest rotation: its progress, which every server reads, and a claim that keeps
 * two servers from doing the same work. The claim only avoids duplicate work: if two rotations run
 * anyway, each write is still a compare-and-set on its object.
 */
export class RotationLedger {
  readonly #repository: SavedObjectsRepository;
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  readonly #probe: ProcessLivenessProbe;

  constructor(deps: {
    readonly repository: SavedObjectsRepository;
    readonly clock: Clock;
    readonly randomness: Randomness;
    /** Probe of other servers. Default: that of this machine. */
    readonly probe?: ProcessLivenessProbe;
  }) {
    this.#repository = deps.repository;
    this.#clock = deps.clock;
    this.#randomness = deps.randomness;
    this.#probe = probeOfEnds(deps.probe ?? createProcessLivenessProbe());
  }

  /** Reads the latest rotation. `undefined`: no key was ever rotated in this store. */
  async latest(): Promise<RotationAttributes | undefined> {
    return (await this.#read())?.attributes;
  }

  /**
   * Tells if the rotation of this row seems to run, by the time of its last heartbeat on the wall
   * clock. For display only.
   */
  seemsAlive({ state, beatAt }: RotationAttributes): boolean {
    return state === 'running' && this.#clock.now() - Date.parse(beatAt) < SEEMS_ALIVE_MS;
  }

  /**
   * Claims the row. A rotation of another server that is marked as running is observed for a few
   * seconds first, to distinguish a live one from one that was killed. A killed server of this
   * machine is noticed at once.
   * @throws RotationError `rotation_in_progress`
   */
  async begin(start: RotationStart, signal: AbortSignal): Promise<RotationLease> {
    const found = await this.#read();
    const probe = this.#probe;
    const monitor = new LeaseMonitor({ clock: this.#clock, afterGap: 'start_over', probe });
    if (found !== undefined) await this.#ensureDead(found, monitor, signal);
    const lease = await takeLease({
      target: this.#target(),
      document: found,
      owner: monitor.newOwner(this.#randomness.bytes(OWNER_BYTES).toString('base64url')),
      ttlMs: CLAIM_MS,
      clock: this.#clock,
      changes: {
        onlyType: undefined,
        ...start,
        state: 'running',
        pass: 1,
        lookedAt: 0,
        successful: 0,
        failed: 0,
        startedAt: new Date(this.#clock.now()).toISOString(),
        endedAt: undefined,
      },
    });
    if (lease === undefined) throw inProgress();
    return lease;
  }

  /**
   * The id of a rotation is the owner of its lease. The lease does not count its renewals:
   * each of them changes the version of the row.
   */
  #target(): LeasedDocument<SavedObject<RotationAttributes>, AttributeChanges<RotationAttributes>> {
    const repository = this.#repository;
    return {
      read: () => this.#read(),
      leaseOf: ({ attributes: { state, rotationId } }) =>
        state === 'running' ? { owner: rotationId, renewals: 0 } : undefined,
      write: (row, stamp, changes) => {
        const now = new Date(this.#clock.now()).toISOString();
        const end = stamp === undefined ? { endedAt: now } : { rotationId: stamp.owner };
        const attributes = { ...changes, ...end, beatAt: now };
        return unlessConflict(() =>
          row === undefined
            ? repository.create(ROTATION_TYPE, attributes as RotationAttributes, {
                id: ROTATION_ID,
              })
            : repository.update<RotationAttributes>(ROTATION_TYPE, ROTATION_ID, attributes, {
                version: row.version,
              }),
        );
      },
    };
  }

  /**
   * Observes the row even if its last heartbeat is old: after a clock jump the heartbeat of a live
   * rotation looks old.
   */
  async #ensureDead(
    found: SavedObject<RotationAttributes>,
    monitor: LeaseMonitor,
    signal: AbortSignal,
  ): Promise<void> {
    const { state, rotationId } = found.attributes;
    if (state !== 'running') return;
    const seen = { owner: rotationId, renewals: found.version, ttlMs: CLAIM_MS };
    while (monitor.isHeld(ROTATION_ID, seen)) {
      await this.#clock.sleep(POLL_INTERVAL_MS, signal);
      if ((await this.#read())?.version !== found.version) throw inProgress();
    }
  }

  #read(): Promise<SavedObject<RotationAttributes> | undefined> {
    return this.#repository.getIfExists<RotationAttributes>(ROTATION_TYPE, ROTATION_ID);
  }
}

function inProgress(): RotationError {
  return new RotationError(
    'rotation_in_progress',
    'A key rotation is already in progress on another server',
  );
}
