import type { Clock, Logger } from '@latchkey/core/server';
import type { MassRevocationService, Users } from '../oauth/mass_revocation/index.ts';
import type { Tokens } from '../oauth/tokens/index.ts';

/** Dependencies of {@link GrantCleanUp}. */
export interface GrantCleanUpDeps {
  readonly activeProfileUids: Users['activeProfileUids'];
  readonly isActive: Users['isActive'];
  readonly tokens: { readonly grants: Pick<Tokens['grants'], 'revokeStale'> };
  readonly revocationJobs: Pick<MassRevocationService, 'revokeOrphanedGrants'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly staleTokenAgeMs: number;
}

/** Context of one run of the task. */
interface TaskRun {
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** Ends grants that nobody should use any more, once a day. */
export class GrantCleanUp {
  readonly #deps: GrantCleanUpDeps;

  constructor(deps: GrantCleanUpDeps) {
    this.#deps = deps;
  }

  /**
   * Ends grants that were unused for a long time, and grants of removed users. The two parts run at
   * the same time, and each continues if the other fails.
   * @throws the error of the first part that failed. If both fail, the second error is logged
   */
  async run(run: TaskRun): Promise<void> {
    const results = await Promise.allSettled([
      this.#revokeStale(run),
      this.#revokeOrphanedGrants(run),
    ]);
    const [first, ...others] = results.filter((result) => result.status === 'rejected');
    for (const { reason: error } of others)
      run.logger.error(
        'Both parts of the daily clean-up of authorizations failed. This is the second error; the task fails with the first one and will be tried again',
        { error },
      );
    if (first !== undefined) throw first.reason;
  }

  async #revokeStale({ signal, logger }: TaskRun): Promise<void> {
    const { tokens, clock, staleTokenAgeMs } = this.#deps;
    const ended = await tokens.grants.revokeStale(new Date(clock.now() - staleTokenAgeMs), signal);
    if (ended > 0) logger.info(`Ended ${ended} authorizations that were unused for too long`);
  }

  async #revokeOrphanedGrants({ signal, logger }: TaskRun): Promise<void> {
    const { revocationJobs, activeProfileUids, isActive } = this.#deps;
    const users = { activeProfileUids, isActive };
    const scan = await revocationJobs.revokeOrphanedGrants(users, signal);
    const { ended, found, processed, scanned, failed } = scan;
    if (ended > 0)
      logger.warn(`Ended ${ended} authorizations of removed users whose removal event was missed`);
    if (scan.wasAborted)
      logger.warn(
        `The scan for authorizations of removed users was aborted after ${scanned} authorizations and ${processed} of ${found} removed users; the next run starts again`,
      );
    if (failed > 1)
      logger.warn(
        `The scan for authorizations of removed users had ${failed} errors; this is the first one`,
        { error: scan.firstError },
      );
    if (failed > 0) throw scan.firstError;
  }
}
