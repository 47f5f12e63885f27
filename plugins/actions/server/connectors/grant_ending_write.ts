import type { Principal } from '@latchkey/core/server';
import type { DecryptedConnector } from '../connector_data/index.ts';
import type {
  ConnectorRevocation,
  PreparedRevocation,
  RevocationJob,
} from '../oauth/mass_revocation/index.ts';
import type { Tokens } from '../oauth/tokens/index.ts';

/** The connector before the write, and the reason why its grants end. */
export interface GrantEnding {
  readonly connector: DecryptedConnector;
  readonly reason: 'connector_changed' | 'connector_deleted';
  /** The user who causes the write. `undefined`: the server itself. */
  readonly actor: Principal | undefined;
}

/**
 * Writes an edit or a deletion of a connector that ends all its grants. If the process crashes at
 * any moment, either nothing has changed or a stored revocation job will end the grants.
 */
export class GrantEndingWrite {
  readonly #grants: Pick<Tokens['grants'], 'revokeShared'>;
  readonly #jobs: Pick<ConnectorRevocation, 'prepare' | 'commit' | 'rollback'>;

  constructor(services: {
    readonly grants: Pick<Tokens['grants'], 'revokeShared'>;
    readonly revocationJobs: Pick<ConnectorRevocation, 'prepare' | 'commit' | 'rollback'>;
  }) {
    this.#grants = services.grants;
    this.#jobs = services.revocationJobs;
  }

  /**
   * Prepares the revocation job, then calls `write`, then starts the job, which ends the grants.
   * @throws the error of `write`. Before that, the job is started if the change is stored, removed
   * if the store refused the write, and otherwise kept prepared
   */
  async run<T>(
    ending: GrantEnding,
    write: (prepared: PreparedRevocation) => Promise<T>,
  ): Promise<{ readonly written: T; readonly revocationJob: RevocationJob }> {
    const { connector } = ending;
    // Revoked before and after the write: until the change is written, executions may request a new
    // shared token. If the write fails, the next execution requests one, which costs only a
    // request.
    await this.#grants.revokeShared(connector);
    const prepared = await this.#jobs.prepare(ending);
    const written = await this.#rollbackOnError(prepared, () => write(prepared));
    await this.#grants.revokeShared(connector);
    return { written, revocationJob: await this.#jobs.commit(prepared) };
  }

  async #rollbackOnError<T>(prepared: PreparedRevocation, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      await this.#jobs.rollback(prepared, error);
      throw error;
    }
  }
}
