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

/** Dependencies of the mass revocation services. */
export interface MassRevocationServices {
  /** Repository with the same hidden types as for `createTokens`. */
  readonly repository: SavedObjectsRepository;
  readonly tokens: Tokens;
  readonly connectors: ConnectorReader;
  readonly hasAccess: HasAccess;
  /** Schedules a job. Some process works on it soon. Must be safe to call twice. */
  readonly schedule: (revocationJobId: string) => Promise<void>;
  /** Called once when all grants of a job have ended here, with the counts of the job. */
  readonly onFinished: (job: RevocationJob) => void;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /** Called at each point at which a test may stop a job. */
  readonly checkpoint?: (point: RevocationJobPoint) => Promise<void>;
}

/** The public services of this capability. */
export interface CreatedMassRevocation {
  readonly revocationJobs: MassRevocationService;
  readonly connectorRevocation: ConnectorRevocation;
  readonly spaceJobs: SpaceJobs;
}

/** Creates the mass revocation services. The jobs count the results of the outbox from now on. */
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
      // The job is stored, which is all that the caller needs. The sweep schedules it later.
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
