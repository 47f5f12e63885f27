import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import type { ConnectorReader, ProviderClientFactory } from '../../types.ts';
import type { Tokens } from '../tokens/index.ts';
import { ConnectorRevocation } from './connector_revocation.ts';
import { MassRevocationService } from './mass_revocation.ts';
import type { RevocationJob } from './revocation_job.ts';
import { type RevocationJobPoint, RevocationJobRunner } from './revocation_job_runner.ts';
import type { RevocationJobStore } from './revocation_job_store.ts';
import type { HasAccess } from './revocation_selector.ts';
import { SpaceRuns } from './space_jobs.ts';

/** What this capability is put together from. */
export interface MassRevocationServices {
  /** The one that `createTokens` was given. */
  readonly runs: RevocationJobStore;
  readonly tokens: Tokens;
  readonly connectors: ConnectorReader;
  readonly clients: Pick<ProviderClientFactory, 'resolveRevocationClient'>;
  readonly hasAccess: HasAccess;
  /** Has a run worked on by some process, soon; must be safe to call twice. */
  readonly schedule: (revocationJobId: string) => Promise<void>;
  readonly finished: (run: RevocationJob) => void;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /** For tests of crashes. */
  readonly checkpoint?: (point: RevocationJobPoint) => Promise<void>;
}

/** The public services of this capability. */
export interface CreatedMassRevocation {
  readonly revocationJobs: MassRevocationService;
  readonly connectorRevocation: ConnectorRevocation;
  readonly spaceRuns: SpaceRuns;
}

/** Puts the capability together. */
export function createMassRevocation(deps: MassRevocationServices): CreatedMassRevocation {
  const { runs, tokens, hasAccess, finished, clock, logger, checkpoint } = deps;
  const worker = new RevocationJobRunner({
    runs,
    grants: tokens.store,
    grantRevoker: tokens.grantRevoker,
    outbox: tokens.outbox,
    hasAccess,
    finished,
    clock,
    logger,
    checkpoint,
  });
  const schedule = async (id: string): Promise<void> => {
    try {
      await deps.schedule(id);
    } catch (error) {
      // The run is stored, which is what its caller was promised.
      logger.warn(`Run [${id}] waits for the next look at runs that nobody works on`, { error });
    }
  };
  const connectorRevocation = new ConnectorRevocation({ ...deps, worker, schedule });
  const revocationJobs = new MassRevocationService({
    ...deps,
    worker,
    schedule,
    ofConnectors: connectorRevocation,
  });
  const spaceRuns = new SpaceRuns({
    runs,
    outbox: tokens.outbox,
    ofConnectors: connectorRevocation,
    schedule,
  });
  return { revocationJobs, connectorRevocation, spaceRuns };
}
