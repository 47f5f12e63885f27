import type { Clock, Logger } from '@latchkey/core/server';
import type { MassRevocationService, Users } from '../oauth/mass_revocation/index.ts';
import type { Tokens } from '../oauth/tokens/index.ts';

/** What the daily clean-up of grants works with. */
export interface GrantCleanUpDeps extends Users {
  readonly tokens: { readonly grants: Pick<Tokens['grants'], 'revokeStale'> };
  readonly revocationJobs: Pick<MassRevocationService, 'revokeOrphanedGrants'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly staleTokenAgeMs: number;
}

/** What one run of it is given. */
interface Run {
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/**
 * Ends what nobody has used for long, and what people hold who are gone. Neither waits for the other or fails with it.
 * @throws one of the failures; the others are in the log
 */
export async function cleanUpGrants(deps: GrantCleanUpDeps, run: Run): Promise<void> {
  const results = await Promise.allSettled([
    revokeStale(deps, run),
    revokeOrphanedGrants(deps, run),
  ]);
  const [first, ...others] = results.filter((result) => result.status === 'rejected');
  for (const { reason: error } of others)
    run.logger.error('The daily clean-up of authorizations failed in another way too', { error });
  if (first !== undefined) throw first.reason;
}

async function revokeStale(
  { tokens, clock, staleTokenAgeMs }: GrantCleanUpDeps,
  { signal, logger }: Run,
): Promise<void> {
  const ended = await tokens.grants.revokeStale(new Date(clock.now() - staleTokenAgeMs), signal);
  if (ended > 0) logger.info(`Ended ${ended} authorizations that nobody had used for long`);
}

async function revokeOrphanedGrants(
  deps: GrantCleanUpDeps,
  { signal, logger }: Run,
): Promise<void> {
  const search = await deps.revocationJobs.revokeOrphanedGrants(deps, signal);
  const { ended, found, dealtWith, looked, failed } = search;
  if (ended > 0) logger.warn(`Ended ${ended} authorizations of people who had left before`);
  if (search.wasCutOff)
    logger.warn(
      `The search for people who are gone was cut off after ${looked} authorizations, with ${dealtWith} of ${found} such people dealt with; the next run begins anew`,
    );
  if (failed > 1)
    logger.warn(`The search for people who are gone failed ${failed} times; this is one of them`, {
      error: search.firstError,
    });
  if (failed > 0) throw search.firstError;
}
