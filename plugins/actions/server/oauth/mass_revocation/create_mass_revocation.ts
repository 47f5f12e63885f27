import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import type { ConnectorReader } from '../../connector_data/index.ts';
import { FormerClients, type Tokens } from '../tokens/index.ts';
import { ConnectorRevocation } from './connector_revocation.ts';
import { MassRevocationService } from './mass_revocation.ts';
import type { RevocationJob } from './revocation_job.ts';
import { type RevocationJobPoint, RevocationJobRunner } from './revocation_job_runner.ts';
import { RevocationJobStore } from './revocation_job_store.ts';
import type { HasAccess } from './revocation_selector.ts';
import { SpaceJobs } from './space_jobs.ts';

/** Dependencies of {@link createMassRevocation}. */
export interface MassRevocationServices {
  /** Repository with access to the same hidden types as that of `createTokens`. */
  readonly repository: SavedObjectsRepository;
  readonly tokens: Tokens;
  readonly connectors: ConnectorReader;
  readonly hasAccess: HasAccess;
  /**
   * Schedules a job, so that one of the processes soon works on it. May be called several times.
   */
  readonly schedule: (revocationJobId: string) => Promise<void>;
  /** Called once for each job when all its grants have ended here, with the counts of the job. */
  readonly onFinished: (job: RevocationJob) => void;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /** Called at each point at which a test may interrupt a job. */
  readonly checkpoint?: (point: RevocationJobPoint) => Promise<void>;
}

/** The public services of mass revocation. */
export interface CreatedMassRevocation {
  readonly revocationJobs: MassRevocationService;
  readonly connectorRevocation: ConnectorRevocation;
  readonly spaceJobs: SpaceJobs;
}

/** Creates the services of mass revocation, and lets jobs count the results of the outbox. */
export function createMassRevocation(deps: MassRevocationServices): CreatedMassRevocation {
  const { repository, tokens, hasAccess, onFinished, clock, logger, checkpoint } = deps;
  const jobs = new RevocationJobStore(repository, logger);
  tokens.outbox.onFinished((event) => jobs.recordResult(event));
  const runner = new RevocationJobRunner({
    jobs,
    grants: tokens.store,
    grantRevoker: tokens.grantRevoker,
    clientResolver: tokens.clientResolver,
    formerClients: new FormerClients(repository),
    outbox: tokens.outbox,
    hasAccess,
    onFinished,
    clock,
    logger,
    checkpoint,
  });
  const schedule = async (id: string): Promise<void> => {
    try {
      await deps.schedule(id);
    } catch (error) {
      // The caller only needs the stored job. The next sweep schedules it.
      logger.warn(`Could not schedule revocation job [${id}]; a background task will schedule it`, {
        error,
      });
    }
  };
  const connectorRevocation = new ConnectorRevocation({ ...deps, jobs, runner, schedule });
  const revocationJobs = new MassRevocationService({
    ...deps,
    jobs,
    runner,
    schedule,
    connectorRevocation: connectorRevocation,
  });
  const spaceJobs = new SpaceJobs({
    jobs,
    outbox: tokens.outbox,
    connectorRevocation: connectorRevocation,
    schedule,
  });
  return { revocationJobs, connectorRevocation, spaceJobs };
}
