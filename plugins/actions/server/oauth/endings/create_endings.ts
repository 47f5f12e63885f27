import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import type { ConnectorReader, GrantClients } from '../../types.ts';
import type { Tokens } from '../tokens/index.ts';
import { ConnectorEndings } from './connector_endings.ts';
import type { EndingRun } from './ending_run.ts';
import type { EndingStore } from './ending_store.ts';
import { type EndingPoint, EndingWorker } from './ending_worker.ts';
import { Endings } from './endings.ts';
import type { HasAccess } from './meant_grants.ts';
import { SpaceRuns } from './space_runs.ts';

/** What this capability is put together from. */
export interface EndingServices {
  /** The one that `createTokens` was given. */
  readonly runs: EndingStore;
  readonly tokens: Tokens;
  readonly connectors: ConnectorReader;
  readonly clients: Pick<GrantClients, 'revokerOf'>;
  readonly hasAccess: HasAccess;
  /** Has a run worked on by some process, soon; must be safe to call twice. */
  readonly schedule: (endingId: string) => Promise<void>;
  readonly finished: (run: EndingRun) => void;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /** For tests of crashes. */
  readonly checkpoint?: (point: EndingPoint) => Promise<void>;
}

/** The public services of this capability. */
export interface CreatedEndings {
  readonly endings: Endings;
  readonly connectorEndings: ConnectorEndings;
  readonly spaceRuns: SpaceRuns;
}

/** Puts the capability together. */
export function createEndings(deps: EndingServices): CreatedEndings {
  const { runs, tokens, hasAccess, finished, clock, logger, checkpoint } = deps;
  const worker = new EndingWorker({
    runs,
    grants: tokens.store,
    ender: tokens.ender,
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
  const connectorEndings = new ConnectorEndings({ ...deps, worker, schedule });
  const endings = new Endings({ ...deps, worker, schedule, ofConnectors: connectorEndings });
  const spaceRuns = new SpaceRuns({
    runs,
    outbox: tokens.outbox,
    ofConnectors: connectorEndings,
    schedule,
  });
  return { endings, connectorEndings, spaceRuns };
}
