import type { ActionsStart, ConnectionChange } from '@latchkey/actions-plugin/server';
import type { Logger, Principal } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import { authorizationKey } from '../store/run_changes.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import type { RunWorker } from './run_worker.ts';

/** Dependencies of {@link AuthorizationWaits}. */
export interface AuthorizationWaitsDeps {
  readonly store: Pick<RunStore, 'waitingFor' | 'waitingForAuthorization'>;
  readonly worker: Pick<RunWorker, 'take' | 'takeAll'>;
  readonly security: Pick<SecurityStart, 'getDeferredUser' | 'missingPrivileges'>;
  readonly actions: Pick<ActionsStart, 'connections'>;
  readonly logger: Logger;
}

/** Continues runs that wait until their user authorizes a connector. */
export class AuthorizationWaits {
  readonly #deps: AuthorizationWaitsDeps;

  constructor(deps: AuthorizationWaitsDeps) {
    this.#deps = deps;
  }

  /** Continues a run that was just stored as waiting, if its user has authorized meanwhile. */
  waitStored(run: StoredRun): void {
    if (run.status !== 'waiting_for_authorization') return;
    this.#isAuthorized(run)
      .then(async (isAuthorized) => isAuthorized && (await this.#deps.worker.take(run)))
      .catch((error: unknown) => this.#warn(run, error));
  }

  /** Continues the runs that wait for a connection when it becomes usable. */
  async connectionChanged({ connectorId, profileUid, ...change }: ConnectionChange): Promise<void> {
    const isUsable =
      change.type === 'authorized' ||
      (change.type === 'status_changed' && change.status === 'connected');
    const { worker, store } = this.#deps;
    if (isUsable) await worker.takeAll(store.waitingFor(authorizationKey(profileUid, connectorId)));
  }

  /** Continues runs whose user has authorized while no process was told. */
  async search(): Promise<void> {
    await this.#deps.worker.takeAll(this.#authorized());
  }

  async *#authorized(): AsyncGenerator<readonly StoredRun[]> {
    for await (const batch of this.#deps.store.waitingForAuthorization()) {
      const areAuthorized = await Promise.all(
        batch.map((run) =>
          this.#isAuthorized(run).catch((error: unknown) => {
            this.#warn(run, error);
            return false;
          }),
        ),
      );
      yield batch.filter((_, index) => areAuthorized[index]);
    }
  }

  /**
   * Tells if the user of a run has authorized a connector since the run began to wait for it. A
   * connection that was usable before did not help the run.
   */
  async #isAuthorized({ waits = [], ...run }: StoredRun): Promise<boolean> {
    const { security, actions } = this.#deps;
    const user = await security.getDeferredUser(run);
    // A user who was disabled or deleted: the run continues and then ends with the reason.
    if (user === undefined) return true;
    const principal: Principal = { user, spaceId: run.spaceId };
    const missing = await security.missingPrivileges(principal, ['actions:get']);
    if (missing.length > 0) return true;
    const since = new Map(waits.map((wait) => [wait.connectorId, wait.since ?? 0]));
    const connectorIds = waits.flatMap(({ connectorId }) => connectorId ?? []);
    const connections = await actions.connections.of(principal, connectorIds);
    return connections.some(
      ({ connectorId, status, connectedAt, missingScopes }) =>
        (status === 'connected' || status === 'expiring') &&
        missingScopes.length === 0 &&
        (connectedAt?.getTime() ?? 0) > (since.get(connectorId) ?? 0),
    );
  }

  #warn(run: StoredRun, error: unknown): void {
    const message = `Run [${run.id}] could not be continued; the search for waiting runs will retry it`;
    this.#deps.logger.warn(message, { error });
  }
}
