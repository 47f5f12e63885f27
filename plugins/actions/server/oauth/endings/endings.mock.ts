import { systemRandomness } from '@latchkey/core/server';
import { seededRandomness } from '@latchkey/core/server/mocks';
import type {
  ConnectorReader,
  DecryptedConnector,
  GrantClient,
  GrantClients,
} from '../../types.ts';
import { aConnector, type RotatingProvider } from '../tokens/rotating_provider.mock.ts';
import { createTokenBench, type TokenBench, type TokenProcess } from '../tokens/tokens.mock.ts';
import type { ConnectorEndings } from './connector_endings.ts';
import { createEndings } from './create_endings.ts';
import type { EndingRun } from './ending_run.ts';
import { EndingStore } from './ending_store.ts';
import { endingEncryption, oauthEndingType } from './ending_type.ts';
import type { EndingPoint } from './ending_worker.ts';
import type { Endings } from './endings.ts';

/** One server process with everything that ends grants. */
export interface EndingProcess extends TokenProcess {
  readonly endings: Endings;
  readonly connectorEndings: ConnectorEndings;
  readonly runs: EndingStore;
  /** Ids of runs that were handed to the background. */
  readonly scheduled: string[];
  readonly finished: EndingRun[];
}

/** A store file with connectors beside it, that several processes can share. */
export interface EndingBench extends TokenBench {
  readonly connectors: FakeConnectors;
  server(over?: {
    readonly checkpoint?: (point: EndingPoint) => Promise<void>;
    readonly hasAccess?: (profileUid: string, spaceId: string) => Promise<boolean>;
  }): EndingProcess;
  /** Authorizes a connector as it is now. */
  connect(process: TokenProcess, connectorId: string, profileUid: string): Promise<void>;
  statusOf(process: TokenProcess, connectorId: string, profileUid: string): Promise<string>;
  /** `token at endpoint` of every revocation so far. */
  revocations(): readonly string[];
}

/** Connectors as a neighbour keeps them; `host` says where their tokens come from. */
export class FakeConnectors implements ConnectorReader {
  readonly #all = new Map<string, DecryptedConnector>();
  #version = 0;

  /** Creates or edits one. */
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

  async readDecrypted(id: string): Promise<DecryptedConnector | undefined> {
    return this.#all.get(id);
  }
}

/** One client per host. */
function clientsOf(provider: RotatingProvider): GrantClients {
  const clientFor = ({ config }: DecryptedConnector): GrantClient => {
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
    revokerOf: clientFor,
    forConfiguration: provider.clients().forConfiguration,
  };
}

/** @param folder of a store file that other processes use too; default: a store in memory */
export async function createEndingBench(folder?: string): Promise<EndingBench> {
  const bench = await createTokenBench({
    types: [oauthEndingType],
    encryption: [endingEncryption],
    ...(folder === undefined ? { inMemory: true } : { folder }),
  });
  const connectors = new FakeConnectors();
  const clients = clientsOf(bench.provider);
  let servers = 0;
  return {
    ...bench,
    connectors,
    server: (over = {}) => {
      servers += 1;
      const runs = new EndingStore(bench.repository);
      const tokens = bench.process({ connectors, clients, endings: runs });
      const scheduled: string[] = [];
      const finished: EndingRun[] = [];
      const created = createEndings({
        runs,
        tokens,
        connectors,
        clients,
        hasAccess: over.hasAccess ?? (async () => true),
        schedule: async (id) => void scheduled.push(id),
        finished: (run) => void finished.push(run),
        clock: bench.clock,
        // Processes that share a file must not take each other for themselves.
        randomness:
          folder === undefined ? seededRandomness(`endings-${servers}`) : systemRandomness,
        logger: tokens.logger,
        ...(over.checkpoint === undefined ? {} : { checkpoint: over.checkpoint }),
      });
      return { ...tokens, ...created, runs, scheduled, finished };
    },
    connect: async (process, connectorId, profileUid) => {
      const connector = connectors.get(connectorId);
      const client = clients.forConnector(connector);
      const grant = bench.provider.authorize();
      await process.grants.saveGrant({ connector, client, profileUid, grant });
    },
    statusOf: async (process, connectorId, profileUid) => {
      const views = await process.connections.ofPerson(profileUid, [{ id: connectorId }]);
      return views.get(connectorId)?.status ?? 'unknown';
    },
    revocations: () =>
      bench.provider.seen.flatMap(({ call, token, endpoint }) =>
        call === 'revoke' ? [`${token} at ${endpoint}`] : [],
      ),
  };
}
