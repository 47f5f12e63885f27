import type { ActionsStart, ConnectionChange } from '@latchkey/actions-plugin/server';
import type { Clock, Logger, Principal } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import { authorizationKey } from '../store/run_changes.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import type { RunWorker } from './run_worker.ts';

/**
 * Milliseconds after which a run whose connection is usable tries its call again, although the
 * connection has not changed since. The connection may have changed in a way that has no date, and
 * clocks of processes may differ. Doubles with each wait of the step, because each try sends a
 * request and makes the journal longer.
 */
const TRY_AGAIN_MS = 10 * 60_000;
const MAX_TRY_AGAIN_MS = 6 * 60 * 60_000;
/**
 * Reason of a failed call that usually fails again until the user has authorized the connector
 * again.
 */
const MISSING_SCOPE = 'missing_scope';

type UnauthorizedCall = NonNullable<StoredRun['unauthorizedCalls']>[number];

/** Dependencies of {@link AuthorizationWaits}. */
export interface AuthorizationWaitsDeps {
  readonly store: Pick<RunStore, 'waitingFor' | 'waitingForAuthorization'>;
  readonly worker: Pick<RunWorker, 'take' | 'takeAll'>;
  readonly security: Pick<SecurityStart, 'getDeferredUser' | 'missingPrivileges'>;
  readonly actions: Pick<ActionsStart, 'connections'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** Continues runs that wait until their user authorizes a connector. */
export class AuthorizationWaits {
  readonly #deps: AuthorizationWaitsDeps;

  constructor(deps: AuthorizationWaitsDeps) {
    this.#deps = deps;
  }

  /**
   * Continues a run that was just stored as waiting, if its user has authorized the connector
   * meanwhile.
   */
  waitStored(run: StoredRun): void {
    if (run.status !== 'waiting_for_authorization') return;
    this.#authorizedOf([run])
      .then(([authorized]) => authorized && this.#deps.worker.take(authorized))
      .catch((error: unknown) => this.#warn([run], error));
  }

  /** Continues the runs of a user that wait for a connection when the connection becomes usable. */
  async connectionChanged({ connectorId, profileUid, ...change }: ConnectionChange): Promise<void> {
    const isUsable =
      change.type === 'authorized' ||
      (change.type === 'status_changed' && change.status === 'connected');
    const { worker, store } = this.#deps;
    if (isUsable) await worker.takeAll(store.waitingFor(authorizationKey(profileUid, connectorId)));
  }

  /**
   * Continues runs whose user has authorized a connector without any process being notified, and
   * runs whose connector was deleted: their step then fails.
   */
  async search(): Promise<void> {
    await this.#deps.worker.takeAll(this.#authorized());
  }

  async *#authorized(): AsyncGenerator<readonly StoredRun[]> {
    for await (const batch of this.#deps.store.waitingForAuthorization()) {
      // Grouped by user, because one user can have thousands of waiting runs.
      const ofUsers = [...Map.groupBy(batch, userOf).values()];
      const authorized = await Promise.all(
        ofUsers.map((runs) =>
          this.#authorizedOf(runs).catch((error: unknown) => {
            this.#warn(runs, error);
            return [];
          }),
        ),
      );
      yield authorized.flat();
    }
  }

  /**
   * Finds the runs whose connection became usable after the start of the call that failed, and
   * those whose connector no longer needs an authorization of the user or was deleted. A connection
   * that was usable before the call is tried again after a pause ({@link pauseAfter}), because the
   * call failed with it; after {@link TRY_AGAIN_MS} if the two were so close that a wrong clock may
   * have changed their order.
   * @param runs runs of one user in one space
   */
  async #authorizedOf(runs: readonly StoredRun[]): Promise<readonly StoredRun[]> {
    const { security, actions } = this.#deps;
    const [first] = runs;
    if (first === undefined) return [];
    const user = await security.getDeferredUser(first);
    // The user was disabled or deleted. The runs continue, and then end with this reason.
    if (user === undefined) return runs;
    const principal: Principal = { user, spaceId: first.spaceId };
    const missing = await security.missingPrivileges(principal, ['actions:get']);
    if (missing.length > 0) return runs;
    const ids = runs.flatMap(({ waits = [] }) => waits.flatMap((wait) => wait.connectorId ?? []));
    const options = { isRepeated: true };
    const connections = await actions.connections.of(principal, [...new Set(ids)], options);
    const usable = connections.filter(
      ({ status, missingScopes }) =>
        (status === 'connected' || status === 'expiring') && missingScopes.length === 0,
    );
    const usableSince = new Map(
      usable.map(({ connectorId, connectedAt, statusSince }) => [
        connectorId,
        Math.max(connectedAt?.getTime() ?? 0, statusSince?.getTime() ?? 0),
      ]),
    );
    const now = this.#deps.clock.now();
    const isTriedAgain = (id: string, waitsSince: number, call?: UnauthorizedCall): boolean => {
      const since = usableSince.get(id);
      if (since === undefined) return false;
      // The dates come from clocks of different servers. With a date in the future, each call would
      // be followed by another one immediately.
      if (since > waitsSince && since <= now) return true;
      const isNear = Math.abs(since - waitsSince) < TRY_AGAIN_MS;
      return now - waitsSince >= (isNear ? TRY_AGAIN_MS : pauseAfter(call));
    };
    const needed = new Set(connections.map(({ connectorId }) => connectorId));
    return runs.filter(({ waits = [], unauthorizedCalls = [] }) => {
      const calls = new Map(unauthorizedCalls.map((call) => [call.stepKey, call]));
      return waits.some(({ connectorId: id, stepKey, since = 0 }) => {
        const call = calls.get(stepKey);
        // An older build stores waits without their calls, and leaves earlier calls in the run.
        const ofWait = call?.since === since ? call : undefined;
        return id !== undefined && (!needed.has(id) || isTriedAgain(id, since, ofWait));
      });
    });
  }

  #warn(runs: readonly StoredRun[], error: unknown): void {
    for (const { id } of runs) {
      const message = `Run [${id}] could not be continued; the search for waiting runs will retry it`;
      this.#deps.logger.warn(message, { error });
    }
  }
}

/** Returns the milliseconds from a failed call to the next try with an unchanged connection. */
function pauseAfter({ reason, earlierWaits = 0 }: Partial<UnauthorizedCall> = {}): number {
  if (reason === MISSING_SCOPE) return MAX_TRY_AGAIN_MS;
  return Math.min(MAX_TRY_AGAIN_MS, TRY_AGAIN_MS * 2 ** earlierWaits);
}

/** Key that names the user, the API key and the space of a run. */
function userOf({ spaceId, profileUid, apiKeyId }: StoredRun): string {
  return JSON.stringify([spaceId, profileUid, apiKeyId]);
}
