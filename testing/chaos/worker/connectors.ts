import type { SavedObjectsRepository, SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import {
  type ConnectorLookup,
  type ConnectorReader,
  type DecryptedConnector,
  lookupOf,
} from '../../../plugins/actions/server/connector_data/index.ts';
import { secretOf, WORKER_FIELD } from '../provider/provider_server.ts';

const CONNECTOR_TYPE = 'chaos_connector';

const attributes = z.strictObject({ client: z.string(), edits: z.number() });
type Attributes = z.infer<typeof attributes>;

/**
 * Connectors of the harness. They are in the store under test, so that other processes see an edit
 * as late as in production.
 */
export const chaosConnectorType: SavedObjectsType = {
  name: CONNECTOR_TYPE,
  namespaceType: 'agnostic',
  hidden: false,
  mappings: { properties: {} },
  modelVersions: {
    1: { changes: [], schemas: { create: attributes, forwardCompatibility: attributes } },
  },
};

/** Reads and edits connectors of the strict provider. */
export class ChaosConnectors implements ConnectorReader {
  readonly #repository: SavedObjectsRepository;
  readonly #origin: string;
  readonly #worker: string;

  constructor(repository: SavedObjectsRepository, origin: string, worker: string) {
    this.#repository = repository;
    this.#origin = origin;
    this.#worker = worker;
  }

  async create(id: string, client: string): Promise<void> {
    await this.#repository.create<Attributes>(CONNECTOR_TYPE, { client, edits: 0 }, { id });
  }

  /** Moves the connector to another client: no earlier grant may be used afterwards. */
  async changeClient(previous: DecryptedConnector, client: string): Promise<void> {
    await this.#replace(previous, { client });
  }

  /** An edit that affects no grant. */
  async touch(id: string): Promise<void> {
    const previous = await this.readDecrypted(id);
    if (previous !== undefined) await this.#replace(previous, {});
  }

  async find(id: string): Promise<ConnectorLookup> {
    return lookupOf(await this.readDecrypted(id));
  }

  async readDecrypted(id: string): Promise<DecryptedConnector | undefined> {
    const row = await this.#repository.getIfExists<Attributes>(CONNECTOR_TYPE, id);
    return row && this.#connectorOf(id, row.attributes.client, row.version);
  }

  /** Refused when another writer was faster. */
  async #replace(
    { id, version }: DecryptedConnector,
    change: { readonly client?: string },
  ): Promise<void> {
    const row = await this.#repository.get<Attributes>(CONNECTOR_TYPE, id);
    const edited = { ...change, edits: row.attributes.edits + 1 };
    await this.#repository.update<Attributes>(CONNECTOR_TYPE, id, edited, { version });
  }

  #connectorOf(id: string, client: string, version: string): DecryptedConnector {
    const authType = 'oauth_authorization_code';
    return {
      id,
      spaceId: 'default',
      name: id,
      connectorTypeId: '.chaos',
      config: { authType },
      secrets: {
        authType,
        authorizationUrl: `${this.#origin}/authorize`,
        tokenUrl: `${this.#origin}/token`,
        clientId: client,
        clientSecret: secretOf(client),
        additionalFields: { [WORKER_FIELD]: this.#worker },
      },
      authType,
      authMode: 'per-user',
      version,
    };
  }
}
