import { systemRandomness } from '@latchkey/core/server';
import { seededRandomness } from '@latchkey/core/server/mocks';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import {
  type ConnectorLookup,
  type ConnectorReader,
  type DecryptedConnector,
  lookupOf,
} from '../../connector_data/index.ts';
import type { ProviderClient, ProviderClientFactory } from '../strategies/index.ts';
import { aConnector, type RotatingProvider } from '../tokens/rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens/tokens.mock.ts';
import type { ConnectorRevocation } from './connector_revocation.ts';
import type { MassRevocationService } from './mass_revocation.ts';
import type { RevocationJob } from './revocation_job.ts';
import type { RevocationJobPoint } from './revocation_job_runner.ts';
import { RevocationJobStore } from './revocation_job_store.ts';

/** One server process with all services that end grants. */
export interface RevocationProcess extends TokenProcess {
  readonly revocationJobs: MassRevocationService;
  readonly connectorRevocation: ConnectorRevocation;
  readonly jobs: RevocationJobStore;
  /** Ids of jobs that were scheduled. */
  readonly scheduled: string[];
  readonly finished: RevocationJob[];
}

/** A store file and connectors that several processes can share. */
export interface MassRevocationFixture extends TokenFixture {
  readonly connectors: FakeConnectors;
  server(over?: {
    readonly checkpoint?: (point: RevocationJobPoint) => Promise<void>;
    readonly hasAccess?: (profileUid: string, spaceId: string) => Promise<boolean>;
    /** Source of connectors. Default: those of the fixture. */
    readonly connectors?: ConnectorReader;
    /** Default: that of the fixture. For a server with other encryption keys. */
    readonly repository?: SavedObjectsRepository;
  }): RevocationProcess;
  /** Authorizes a connector in its current state. */
  connect(process: TokenProcess, connectorId: string, profileUid: string): Promise<void>;
  statusOf(process: TokenProcess, connectorId: string, profileUid: string): Promise<string>;
  /** `token at endpoint` of every revocation so far. */
  revocations(): readonly string[];
}

/** Connectors in memory. `host` sets the host of their token endpoint. */
export class FakeConnectors implements ConnectorReader {
  readonly #all = new Map<string, DecryptedConnector>();
  #version = 0;

  /** Creates or edits a connector. */
  put(
    id: string,
    host = 'idp.example.com',
    over: Partial<DecryptedConnector> = {},
  ): DecryptedConnector {
    this.#version += 1;
    const connector = aConnector({ id, config: { host }, version: `v${this.#version}`, ...over });
    this.#all.set(id, connector);
    return connector;
  }

  remove(id: string): void {
    this.#all.delete(id);
  }

  get(id: string): DecryptedConnector {
    const connector = this.#all.get(id);
    if (connector === undefined) throw new Error(`no connector [${id}]`);
    return connector;
  }

  async find(id: string): Promise<ConnectorLookup> {
    return lookupOf(this.#all.get(id));
  }
}

/** Creates one client per host. */
function clientsOf(provider: RotatingProvider): ProviderClientFactory {
  const clientFor = ({ config }: DecryptedConnector): ProviderClient => {
    const host = String(config['host']);
    const configuration = host.startsWith('ears:')
      ? ({ dialect: 'ears', baseUrl: 'https://ears.example.com', provider: 'google' } as const)
      : ({
          dialect: 'standard',
          authorizationEndpoint: `https://${host}/authorize`,
          tokenEndpoint: `https://${host}/token`,
          revocationEndpoint: `https://${host}/revoke`,
          clientId: 'development-client',
          tokenEndpointAuthMethod: 'none',
        } as const);
    return provider.client({ fingerprint: `fp-${host}`, configuration });
  };
  return {
    forConnector: clientFor,
    resolveRevocationClient: clientFor,
    forConfiguration: provider.clients().forConfiguration,
  };
}

/** @param folder of a store file that other processes share; default: a store in memory */
export async function createMassRevocationFixture(folder?: string): Promise<MassRevocationFixture> {
  const fixture = await createTokenFixture(folder === undefined ? {} : { folder });
  const connectors = new FakeConnectors();
  const clients = clientsOf(fixture.provider);
  let servers = 0;
  return {
    ...fixture,
    connectors,
    server: (over = {}) => {
      servers += 1;
      const scheduled: string[] = [];
      const finished: RevocationJob[] = [];
      const { checkpoint, repository = fixture.repository } = over;
      const process = fixture.process({
        connectors: over.connectors ?? connectors,
        repository,
        clients,
        // Processes that share a file need different identities.
        randomness:
          folder === undefined ? seededRandomness(`revocation-${servers}`) : systemRandomness,
        massRevocation: {
          hasAccess: over.hasAccess ?? (async () => true),
          schedule: async (id) => void scheduled.push(id),
          onFinished: (job) => void finished.push(job),
          ...(checkpoint === undefined ? {} : { checkpoint }),
        },
      });
      const { revocationJobs, connectorRevocation } = process.stack;
      return {
        ...process,
        revocationJobs,
        connectorRevocation,
        jobs: new RevocationJobStore(repository),
        scheduled,
        finished,
      };
    },
    connect: async (process, connectorId, profileUid) => {
      const connector = connectors.get(connectorId);
      const client = clients.forConnector(connector);
      const grant = fixture.provider.authorize();
      await process.grants.saveGrant({ connector, client, profileUid, grant });
    },
    statusOf: async (process, connectorId, profileUid) => {
      const views = await process.connections.ofUser(profileUid, [{ id: connectorId }]);
      return views.get(connectorId)?.status ?? 'unknown';
    },
    revocations: () =>
      fixture.provider.seen.flatMap(({ call, token, endpoint }) =>
        call === 'revoke' ? [`${token} at ${endpoint}`] : [],
      ),
  };
}
