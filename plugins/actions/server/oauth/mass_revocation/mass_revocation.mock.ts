import { type Clock, systemRandomness } from '@latchkey/core/server';
import { seededRandomness } from '@latchkey/core/server/mocks';
import type { FindOptions, SavedObjectsRepository } from '@latchkey/saved-objects';
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
  /** Ids of the jobs that this process has scheduled. */
  readonly scheduled: string[];
  readonly finished: RevocationJob[];
}

/** A store and connectors that several processes can share. */
export interface MassRevocationFixture extends TokenFixture {
  readonly connectors: FakeConnectors;
  server(over?: {
    readonly checkpoint?: (point: RevocationJobPoint) => Promise<void>;
    readonly hasAccess?: (profileUid: string, spaceId: string) => Promise<boolean>;
    /** Default: the clock of the fixture. */
    readonly clock?: Clock;
    /** Reader of connectors. Default: the connectors of the fixture. */
    readonly connectors?: ConnectorReader;
    /**
     * Default: the repository of the fixture. Pass another one for a server with other encryption
     * keys.
     */
    readonly repository?: SavedObjectsRepository;
  }): RevocationProcess;
  /** Authorizes a connector as it is now. */
  connect(process: TokenProcess, connectorId: string, profileUid: string): Promise<void>;
  statusOf(process: TokenProcess, connectorId: string, profileUid: string): Promise<string>;
  /** Revocations so far, each as `token at endpoint`. */
  revocations(): readonly string[];
}

/** Connectors in memory. The `host` of a connector is the host of its token endpoint. */
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

/** Creates a factory of provider clients, with one client per host. */
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

/** @param folder folder of a store file that other processes share. Default: a store in memory */
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
        ...(over.clock === undefined ? {} : { clock: over.clock }),
        repository,
        clients,
        // Processes that share a store file must create different ids.
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

/** Wraps a repository so that searches do not see the latest writes, as in Elasticsearch. */
export function withLateSearches(repository: SavedObjectsRepository): SavedObjectsRepository {
  const find: SavedObjectsRepository['find'] = async <A extends object>(options: FindOptions) => {
    const result = await repository.find<A>(options);
    return options.seesAllWrites === true ? result : { ...result, savedObjects: [], total: 0 };
  };
  return new Proxy(repository, {
    get: (target, name) => {
      if (name === 'find') return find;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/**
 * Wraps a repository so that `hook` is called before every search, iteration and bulk read.
 * @param hook gets the name of the method and the searched type; `undefined` for a bulk read
 */
export function withReadHook(
  repository: SavedObjectsRepository,
  hook: (method: 'find' | 'iterate' | 'bulkGet', type: FindOptions['type'] | undefined) => unknown,
): SavedObjectsRepository {
  const hooked: Pick<SavedObjectsRepository, 'find' | 'iterate' | 'bulkGet'> = {
    find: async (options) => {
      await hook('find', options.type);
      return repository.find(options);
    },
    iterate: async function* (options) {
      await hook('iterate', options.type);
      yield* repository.iterate(options);
    },
    bulkGet: async (keys, options) => {
      await hook('bulkGet', undefined);
      return repository.bulkGet(keys, options);
    },
  };
  return new Proxy(repository, {
    get: (target, name) => {
      if (name in hooked) return Reflect.get(hooked, name);
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
