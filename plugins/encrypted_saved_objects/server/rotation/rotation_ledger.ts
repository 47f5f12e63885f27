import type { Clock, Randomness } from '@latchkey/core/server';
import {
  type AttributeChanges,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import {
  type Lease,
  type LeasedDocument,
  LeaseMonitor,
  type ProcessLivenessProbe,
  probeOfEnds,
  processLivenessProbe,
  takeLease,
} from '@latchkey/saved-objects/coordination';
import { RotationError } from './rotation_error.ts';
import { ROTATION_ID, ROTATION_TYPE, type RotationAttributes } from './rotation_type.ts';

/**
 * Lifetime of a claim without a heartbeat, in milliseconds. If the row of a rotation has not
 * changed for this time, its server has crashed or stopped.
 */
const CLAIM_MS = 6_000;
const POLL_INTERVAL_MS = 500;
/** The API shows a rotation as running until its row did not change for this time. */
const SEEMS_ALIVE_MS = 10 * CLAIM_MS;

/** Attributes that are known at the start of a rotation. */
export type RotationStart = Pick<RotationAttributes, 'primaryKeyId' | 'onlyType' | 'objects'>;

/** The right of this process to write the row of the rotation. */
export type RotationLease = Lease<
  SavedObject<RotationAttributes>,
  AttributeChanges<RotationAttributes>
>;

/**
 * The row of the latest rotation. It contains the progress, which every server reads, and a claim,
 * so that two servers do not do the same work. The claim only avoids duplicate work: if two
 * rotations run nevertheless, each write is still a compare-and-set on its object.
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
    this.#probe = probeOfEnds(deps.probe ?? processLivenessProbe());
  }

  /** Reads the latest rotation. `undefined`: no key was ever rotated in this store. */
  async latest(): Promise<RotationAttributes | undefined> {
    return (await this.#read())?.attributes;
  }

  /**
   * Returns `true` if a rotation seems to run, by the time of its last heartbeat on the wall clock.
   * Only for display.
   */
  seemsAlive({ state, beatAt }: RotationAttributes): boolean {
    return state === 'running' && this.#clock.now() - Date.parse(beatAt) < SEEMS_ALIVE_MS;
  }

  /**
   * Claims the row. If the rotation of another server is marked as running, the row is first
   * observed for a few seconds, to find out if this server was killed. A killed server of this
   * machine is noticed immediately.
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
      owner: monitor.newOwner(this.#randomness),
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
   * The row as the target of a lease. The owner of the lease is the id of the rotation. Renewals
   * are not counted, because each changes the version of the row.
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
   * Observes a row until its rotation has certainly stopped. The time of the last heartbeat is no
   * proof: after a clock jump, the heartbeat of a running rotation looks old.
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
