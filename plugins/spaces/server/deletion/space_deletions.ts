import type { Clock, Logger, Principal } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { Audit, SpaceDeletion } from '@latchkey/security-plugin/server';
import { SPACE_TYPE, SpaceError, type SpaceStore, type StoredSpace } from '../spaces/index.ts';
import type { SpaceDataHandler, SpaceDataResult } from '../types.ts';
import type { SpaceDataHandlers } from './data_handlers.ts';
import type { DeletionStore } from './deletion_store.ts';
import type { DeletionAttributes, DeletionStep } from './deletion_type.ts';

/**
 * Maximum milliseconds for which the request that deletes a space waits for the deletion. The rest
 * of the work continues in the background.
 */
const INLINE_MS = 5000;
/**
 * Milliseconds after which a background task checks if the request has finished the deletion.
 * Longer than {@link INLINE_MS}.
 */
export const BACKGROUND_AFTER_MS = 10_000;
/** Milliseconds until the removal of the remaining contents is tried again. */
const RETRY_DELAY_MS = 10_000;

/** Dependencies of {@link SpaceDeletions}. */
export interface SpaceDeletionsDeps {
  readonly spaces: SpaceStore;
  readonly deletions: DeletionStore;
  readonly handlers: SpaceDataHandlers;
  /** Schedules a task that continues the deletion at the given time. */
  readonly schedule: (spaceId: string, runAt: Date) => Promise<void>;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Progress of a deletion, for managers. */
export interface DeletionView {
  readonly deletion: DeletionAttributes;
  /** Number of confirmations that third parties have not sent yet, by kind. */
  readonly outstanding: Readonly<Record<string, number>>;
}

/** A space whose deletion has begun, so no request is served in it. */
type ClosedSpace = StoredSpace & { readonly deletingSince: string };

/** Thrown when another process has already finished the deletion. */
class DeletionFinished extends Error {}

/**
 * Deletes spaces. States of a space: open → closed (`deletingSince` is set; no user can enter, the
 * id is taken) → removed. The handlers are called until none of them finds anything left. Each call
 * of a handler may be repeated, so a crash costs only time. Several processes may work on one
 * deletion, because each removes only versions that it read while the space was closed.
 */
export class SpaceDeletions {
  readonly #deps: SpaceDeletionsDeps;
  readonly #stopping = new AbortController();
  readonly #works = new Set<Promise<unknown>>();

  constructor(deps: SpaceDeletionsDeps) {
    this.#deps = deps;
  }

  /**
   * Deletes the contents of a space that was just closed. Resolves when the space is removed, or
   * after five seconds. Never rejects: after a failure the deletion continues in the background.
   */
  async begin(space: StoredSpace, requestedBy: Principal): Promise<void> {
    const { clock, logger } = this.#deps;
    if (!isClosed(space)) return;
    const done = new AbortController();
    const timeIsUp = new AbortController();
    const work = this.#beginWork(space, requestedBy, timeIsUp.signal)
      .catch((error: unknown) =>
        logger.warn(
          `Deletion of space [${space.id}] failed and will be retried in the background`,
          { error },
        ),
      )
      .finally(() => done.abort());
    this.#track(work);
    const waited = clock.sleep(INLINE_MS, done.signal).then(
      () => timeIsUp.abort(),
      () => undefined,
    );
    await Promise.race([work, waited]);
  }

  async #beginWork(space: ClosedSpace, requestedBy: Principal, signal: AbortSignal) {
    await this.#record(space, 'requested', requestedBy);
    const { schedule, clock } = this.#deps;
    // The task is scheduled before the work begins, so that a crash delays the deletion by seconds
    // only.
    await schedule(space.id, new Date(clock.now() + BACKGROUND_AFTER_MS));
    await this.#work(space, signal);
  }

  /**
   * Continues a deletion, whichever process started it.
   * @returns the time of the next attempt; `undefined`: the deletion has finished
   */
  async resume(spaceId: string, signal: AbortSignal): Promise<Date | undefined> {
    const { spaces, clock } = this.#deps;
    const space = await spaces.get(spaceId);
    if (space === undefined || !isClosed(space)) return undefined;
    await this.#record(space, 'requested', undefined);
    const work = this.#work(space, signal);
    this.#track(work);
    return (await work) ? undefined : new Date(clock.now() + RETRY_DELAY_MS);
  }

  /**
   * Closes the id of a space that no longer exists, so that its data can be removed like that of
   * any other space. `false`: the space exists.
   */
  async closeOrphaned(spaceId: string): Promise<boolean> {
    const { spaces, clock, schedule } = this.#deps;
    const now = new Date(clock.now());
    const space: ClosedSpace = {
      id: spaceId,
      name: spaceId,
      description: undefined,
      color: undefined,
      initials: undefined,
      solution: undefined,
      imageUrl: undefined,
      disabledFeatures: [],
      deletingSince: now.toISOString(),
    };
    if (!(await spaces.create(space))) return false;
    await this.#record(space, 'orphaned', undefined);
    await schedule(spaceId, now);
    return true;
  }

  /** State of the deletion of a space, which roles that name the space need. */
  async stateOf(spaceId: string): Promise<SpaceDeletion> {
    // First the space is read, then its deletion: a space is removed only after its deletion was
    // recorded.
    const since = (await this.#deps.spaces.get(spaceId))?.deletingSince;
    const lastDeletion = since ?? (await this.#deps.deletions.get(spaceId))?.deletingSince;
    return { isBeingDeleted: since !== undefined, lastDeletion };
  }

  /**
   * Reads the deletion of a space.
   * @throws SpaceError `deletion_not_found`
   */
  async get(spaceId: string): Promise<DeletionView> {
    const found = await this.#deps.deletions.get(spaceId);
    if (found === undefined) {
      const message = `No deletion of a space [${spaceId}] is known.`;
      throw new SpaceError('deletion_not_found', message, { spaceId });
    }
    const counts = await Promise.all(
      this.#deps.handlers.list().map((handler) => handler.countOutstanding?.(spaceId) ?? {}),
    );
    // The record is finished before the space is removed. If a crash happened in between, the id is
    // still taken.
    const space = await this.#deps.spaces.get(spaceId);
    const isTaken = space?.deletingSince === found.deletingSince;
    const deletion = isTaken ? { ...found, state: 'running' as const } : found;
    return { deletion, outstanding: counts.reduce(sumOf, {}) };
  }

  /**
   * Number of objects that deleting a space would remove or change now, by kind. Counting changes
   * nothing. Until the space is closed, its users may change the numbers.
   */
  async preview(spaceId: string): Promise<Readonly<Record<string, number>>> {
    const handlers = this.#deps.handlers.list();
    const counts = await Promise.all(handlers.map((handler) => handler.countData(spaceId)));
    return counts.reduce(sumOf, {});
  }

  /**
   * Aborts the calls in progress. Another process continues them, or this one after its next start.
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#works);
  }

  async #record(
    { id, name, deletingSince }: ClosedSpace,
    reason: DeletionAttributes['reason'],
    requestedBy: Principal | undefined,
  ): Promise<void> {
    const requester = requesterOf(requestedBy);
    await this.#deps.deletions.begin(id, {
      spaceName: name,
      deletingSince,
      reason,
      state: 'running',
      ...(requester === undefined ? {} : { requestedBy: requester }),
      steps: [],
    });
  }

  /**
   * Calls the handlers until none of them finds anything.
   * @returns `true` if the space was removed
   */
  async #work(space: ClosedSpace, until: AbortSignal): Promise<boolean> {
    const signal = AbortSignal.any([until, this.#stopping.signal]);
    try {
      while (!signal.aborted) {
        const pass = await this.#pass(space, signal);
        if (pass.isClean && !signal.aborted) {
          await this.#finish(space);
          return true;
        }
        // Nothing was removed, so the remaining work waits for a provider, the store or another
        // task.
        if (!pass.hasRemoved) return false;
      }
      return false;
    } catch (error) {
      if (error instanceof DeletionFinished) return true;
      throw error;
    }
  }

  async #pass(
    space: ClosedSpace,
    signal: AbortSignal,
  ): Promise<{ readonly isClean: boolean; readonly hasRemoved: boolean }> {
    let [isClean, hasRemoved] = [true, false];
    for (const handler of this.#deps.handlers.list()) {
      if (signal.aborted) return { isClean: false, hasRemoved };
      const result = await this.#call(handler, space, signal);
      const removed = Object.values(result?.removed ?? {}).some((count) => count > 0);
      hasRemoved ||= removed;
      isClean &&= result?.remaining === 0 && !removed;
    }
    return { isClean, hasRemoved };
  }

  /**
   * Calls one handler and records its result. If a handler fails, the others are called
   * nevertheless.
   * @returns `undefined`: the call has failed
   * @throws DeletionFinished if another process has finished the deletion
   */
  async #call(
    handler: SpaceDataHandler,
    space: ClosedSpace,
    signal: AbortSignal,
  ): Promise<SpaceDataResult | undefined> {
    const { deletions, logger } = this.#deps;
    const { id: spaceId, deletingSince } = space;
    const ensureCurrent = () => this.#ensureCurrent(space);
    await ensureCurrent();
    const requestedBy = principalOf((await deletions.get(spaceId))?.requestedBy);
    let result: SpaceDataResult | undefined;
    let errorCode: string | undefined;
    try {
      result = await handler.deleteData({
        spaceId,
        requestedBy,
        deletingSince: new Date(deletingSince),
        signal,
        ensureCurrent,
      });
    } catch (error) {
      if (error instanceof DeletionFinished) throw error;
      errorCode = error instanceof SavedObjectError ? error.code : 'unexpected';
      logger.warn(
        `Space [${spaceId}] is not deleted yet: handler [${handler.id}] failed and will be retried`,
        { error },
      );
    }
    await deletions.change(spaceId, deletingSince, ({ steps }) => ({
      steps: withStep(steps, handler.id, { result, errorCode }),
    }));
    return result;
  }

  async #ensureCurrent({ id, deletingSince }: ClosedSpace): Promise<void> {
    const present = await this.#deps.spaces.get(id);
    if (present?.deletingSince !== deletingSince) throw new DeletionFinished();
  }

  async #finish(space: ClosedSpace): Promise<void> {
    const { deletions, spaces, audit, clock, logger } = this.#deps;
    const { id, deletingSince } = space;
    await this.#ensureCurrent(space);
    const finishedAt = new Date(clock.now()).toISOString();
    const finished = await deletions.change(id, deletingSince, () => ({
      state: 'completed',
      finishedAt,
    }));
    await spaces.removeClosed(space);
    const removed = (finished?.steps ?? []).map((step) => step.removed).reduce(sumOf, {});
    const counts = Object.entries(removed).flatMap(([kind, count]) =>
      count > 0 ? [`${count} ${kind}`] : [],
    );
    const message = `Deleted space [${id}] (${counts.join(', ') || 'it was empty'})`;
    logger.info(message);
    audit.log(principalOf(finished?.requestedBy) ?? { user: undefined, spaceId: id }, {
      action: 'space_delete_complete',
      outcome: 'success',
      message,
      savedObject: { type: SPACE_TYPE, id },
    });
  }

  #track(work: Promise<unknown>): void {
    this.#works.add(work);
    const untrack = () => void this.#works.delete(work);
    work.then(untrack, untrack);
  }
}

function isClosed(space: StoredSpace): space is ClosedSpace {
  return space.deletingSince !== undefined;
}

function withStep(
  steps: readonly DeletionStep[],
  id: string,
  call: { readonly result: SpaceDataResult | undefined; readonly errorCode: string | undefined },
): DeletionStep[] {
  const { result, errorCode } = call;
  const before = steps.find((step) => step.id === id);
  const after: DeletionStep = {
    id,
    removed: sumOf(before?.removed ?? {}, result?.removed ?? {}),
    remaining: result?.remaining ?? before?.remaining ?? 0,
    ...(errorCode === undefined ? {} : { errorCode }),
  };
  if (before === undefined) return [...steps, after];
  return steps.map((step) => (step.id === id ? after : step));
}

function sumOf(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...a };
  for (const [kind, count] of Object.entries(b)) sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
}

/** The stored data of a principal: user, address and request. */
function requesterOf(principal: Principal | undefined): DeletionAttributes['requestedBy'] {
  if (principal?.user === undefined) return undefined;
  const { username, profileUid, roles, authenticationType } = principal.user;
  const { spaceId, requestId } = principal;
  return {
    username,
    profileUid,
    roles: [...roles],
    authenticationType,
    spaceId,
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function principalOf(requester: DeletionAttributes['requestedBy']): Principal | undefined {
  if (requester === undefined) return undefined;
  const { spaceId, requestId, ...user } = requester;
  return { user, spaceId, ...(requestId === undefined ? {} : { requestId }) };
}
