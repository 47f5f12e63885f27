import { authTypeOf } from '@latchkey/connector-specs';
import { createLruCache } from '@latchkey/core/server';
import {
  type Filter,
  needsAnotherKey,
  type SavedObject,
  SavedObjectError,
  type SavedObjectsRepository,
  withoutUndefined,
} from '@latchkey/saved-objects';
import {
  type ConnectorAuthor,
  type ConnectorLookup,
  type ConnectorReader,
  connectorIdTaken,
  type DecryptedConnector,
  type IssuerCheck,
  lookupOf,
} from '../connector_data/index.ts';
import { BoundedPool } from '../oauth/limits/index.ts';
import { authModeOfConnector } from './auth_mode.ts';
import { CONNECTOR_SO_TYPE, type ConnectorSoAttributes } from './connector_so_type.ts';
import { ListedConfigs } from './listed_configs.ts';
import type { PreconfiguredConnectors } from './preconfigured.ts';
import { storedTypeId, typeIdOf } from './stored_type_id.ts';

/** A connector without its secrets. */
export type StoredConnector = Omit<DecryptedConnector, 'secrets'> & {
  readonly isMissingSecrets: boolean;
  /**
   * `true`: `config` contains only the fields that every connector has, because the list was too
   * large for more.
   */
  readonly isConfigLeftOut?: true;
};

/** A connector that is about to be changed or deleted. */
export type EditableConnector = DecryptedConnector & {
  /**
   * `false`: the stored secrets cannot be decrypted, and `secrets` is empty. Entering new secrets
   * repairs the connector.
   */
  readonly hasReadableSecrets: boolean;
  /**
   * Error that this server lacks the key of the secrets, which are intact. Absent: the secrets are
   * readable, or corrupt.
   */
  readonly missingKey?: SavedObjectError;
};

/** Attributes of a new or changed connector. */
export interface ConnectorToStore {
  readonly name: string;
  readonly connectorTypeId: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Result of the check of the issuer. `undefined`: removes the stored result. */
  readonly issuerCheck: IssuerCheck | undefined;
}

/**
 * Number of connectors that one read of the store returns. The whole batch is in memory, and a
 * connector of an older version may have a megabyte.
 */
const BATCH_SIZE = 200;

/**
 * Maximum number of simultaneous lists per space. Further lists of the space wait, so that they use
 * a bounded amount of memory and do not delay other spaces.
 */
const LISTS_AT_ONCE = 2;
/**
 * Number of spaces for which simultaneous lists are limited. The limit forgets the least recently
 * used space when there are more.
 */
const MAX_LISTED_SPACES = 1_000;

/**
 * Reads and writes connectors. Reads preconfigured connectors too. No other class uses documents of
 * the type `action`.
 */
export class ConnectorStore implements ConnectorReader {
  readonly #repository: SavedObjectsRepository;
  readonly #preconfigured: PreconfiguredConnectors;
  readonly #lists = createLruCache<string, BoundedPool>(MAX_LISTED_SPACES);

  constructor(repository: SavedObjectsRepository, preconfigured: PreconfiguredConnectors) {
    this.#repository = repository;
    this.#preconfigured = preconfigured;
  }

  /**
   * Reads a preconfigured or stored connector with its secrets; see {@link ConnectorReader.find}.
   */
  async find(connectorId: string, spaceId: string): Promise<ConnectorLookup> {
    const preconfigured = this.#preconfigured.get(connectorId, spaceId);
    if (preconfigured !== undefined) return lookupOf(preconfigured);
    return this.#findStored(connectorId, spaceId);
  }

  async #findStored(connectorId: string, spaceId: string): Promise<ConnectorLookup> {
    const options = { namespace: spaceId, decrypt: true };
    try {
      const row = await this.#repository.getIfExists<ConnectorSoAttributes>(
        CONNECTOR_SO_TYPE,
        connectorId,
        options,
      );
      return lookupOf(row && decryptedOf(row, spaceId));
    } catch (reason) {
      if (reason instanceof SavedObjectError && reason.code === 'undecryptable')
        return { kind: 'unreadable', reason };
      throw reason;
    }
  }

  /**
   * Reads a connector that is about to be changed or deleted. Unlike {@link find}, it returns the
   * connector even if the secrets cannot be decrypted, so that it can be repaired. `undefined`: the
   * connector does not exist.
   */
  async readForChange(
    connectorId: string,
    spaceId: string,
  ): Promise<EditableConnector | undefined> {
    const preconfigured = this.#preconfigured.get(connectorId, spaceId);
    if (preconfigured !== undefined) return { ...preconfigured, hasReadableSecrets: true };
    return this.readStoredForChange(connectorId, spaceId);
  }

  /**
   * Reads only stored connectors, otherwise like {@link readForChange}. Returns the stored
   * connector even if a preconfigured one with the same id hides it. `undefined`: there is none.
   */
  async readStoredForChange(
    connectorId: string,
    spaceId: string,
  ): Promise<EditableConnector | undefined> {
    const found = await this.#findStored(connectorId, spaceId);
    if (found.kind === 'missing') return undefined;
    if (found.kind === 'found') return { ...found.connector, hasReadableSecrets: true };
    const stored = await this.read(connectorId, spaceId);
    if (stored === undefined) return undefined;
    const { isMissingSecrets: _, ...connector } = stored;
    return {
      ...connector,
      secrets: {},
      hasReadableSecrets: false,
      ...(needsAnotherKey(found.reason) ? { missingKey: found.reason } : {}),
    };
  }

  /**
   * Reads a stored connector without decrypting its secrets. `undefined`: it does not exist in the
   * space.
   */
  async read(connectorId: string, spaceId: string): Promise<StoredConnector | undefined> {
    const row = await this.#repository.getIfExists<ConnectorSoAttributes>(
      CONNECTOR_SO_TYPE,
      connectorId,
      {
        namespace: spaceId,
      },
    );
    return row && storedOf(row, spaceId);
  }

  /**
   * Reads those of the given connectors that exist in the space, without decrypting secrets. Leaves
   * out large configs as {@link list} does.
   */
  async readMany(ids: readonly string[], spaceId: string): Promise<readonly StoredConnector[]> {
    const found: StoredConnector[] = [];
    const configs = new ListedConfigs();
    for (let from = 0; from < ids.length; from += BATCH_SIZE) {
      const rows = await this.#repository.bulkGet<ConnectorSoAttributes>(
        ids
          .slice(from, from + BATCH_SIZE)
          .map((id) => ({ type: CONNECTOR_SO_TYPE, id, namespace: spaceId })),
      );
      for (const row of rows)
        if (row !== undefined) found.push(configs.withRoom(storedOf(row, spaceId)));
    }
    return found;
  }

  /**
   * Reads all connectors of a space, unsorted, without decrypting secrets. Leaves out configs that
   * would make the list larger than {@link ListedConfigs} allows.
   */
  list(spaceId: string, filter?: Filter): Promise<readonly StoredConnector[]> {
    const pool = this.#lists.get(spaceId) ?? new BoundedPool(LISTS_AT_ONCE);
    this.#lists.set(spaceId, pool);
    return pool.run(() => this.#listNow(spaceId, filter));
  }

  async #listNow(spaceId: string, filter?: Filter): Promise<readonly StoredConnector[]> {
    const found: StoredConnector[] = [];
    const configs = new ListedConfigs();
    const batches = this.#repository.iterate<ConnectorSoAttributes>({
      type: CONNECTOR_SO_TYPE,
      namespaces: [spaceId],
      batchSize: BATCH_SIZE,
      ...(filter === undefined ? {} : { filter }),
    });
    for await (const batch of batches)
      for (const row of batch) found.push(configs.withRoom(storedOf(row, spaceId)));
    return found;
  }

  /** Counts the connectors of a space. Connectors created in the last second may be missing. */
  async countIn(spaceId: string): Promise<number> {
    const request = { type: CONNECTOR_SO_TYPE, namespaces: [spaceId], perPage: 0 };
    return (await this.#repository.find(request)).total;
  }

  /** Ids of the connectors of a space. */
  async idsIn(spaceId: string): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const batch of this.#withoutAttributes([spaceId]))
      found.push(...batch.map(({ id }) => id));
    return found;
  }

  /**
   * Returns the spaces that contain connectors, including spaces that do not exist any more. Yields
   * a space once per batch of connectors, so a space may appear several times.
   */
  async *spacesInUse(): AsyncIterable<string> {
    const batches = this.#withoutAttributes(['*']);
    for await (const batch of batches)
      yield* new Set(batch.flatMap(({ namespace }) => namespace ?? []));
  }

  #withoutAttributes(namespaces: readonly string[]) {
    const options = { type: CONNECTOR_SO_TYPE, namespaces, batchSize: BATCH_SIZE, fields: [] };
    return this.#repository.iterate(options);
  }

  /**
   * Stores a new connector.
   * @throws ConnectorError `id_taken`, even if the id is used in another space
   */
  async create(
    connector: ConnectorToStore,
    target: {
      readonly id: string;
      readonly spaceId: string;
      readonly createdBy: ConnectorAuthor | undefined;
    },
  ): Promise<DecryptedConnector> {
    const { createdBy } = target;
    try {
      const row = await this.#repository.create<ConnectorSoAttributes>(
        CONNECTOR_SO_TYPE,
        { ...attributesOf(connector), ...(createdBy === undefined ? {} : { createdBy }) },
        {
          id: target.id,
          namespace: target.spaceId,
        },
      );
      return decryptedOf(row, target.spaceId);
    } catch (error) {
      if (!(error instanceof SavedObjectError && error.code === 'conflict')) throw error;
      throw connectorIdTaken(target.id, { cause: error });
    }
  }

  /**
   * Replaces name, config and secrets of `current`.
   * @throws SavedObjectError `conflict` when the connector was changed since `current` was read
   */
  async replace(
    current: DecryptedConnector,
    connector: ConnectorToStore,
    updatedBy: ConnectorAuthor | undefined,
  ): Promise<DecryptedConnector> {
    const row = await this.#repository.update<ConnectorSoAttributes>(
      CONNECTOR_SO_TYPE,
      current.id,
      { ...attributesOf(connector), updatedBy },
      { namespace: current.spaceId, version: current.version },
    );
    return decryptedOf(row, current.spaceId);
  }

  /**
   * Deletes a connector. Succeeds if it does not exist.
   * @param version deletes only this version; absent: any version
   * @throws SavedObjectError `conflict` when another version is stored
   */
  async delete(connectorId: string, spaceId: string, version?: string): Promise<void> {
    try {
      await this.#repository.delete(CONNECTOR_SO_TYPE, connectorId, {
        namespace: spaceId,
        ...(version === undefined ? {} : { version }),
      });
    } catch (error) {
      if (!(error instanceof SavedObjectError && error.code === 'not_found')) throw error;
    }
  }
}

function attributesOf(connector: ConnectorToStore): ConnectorSoAttributes {
  const { name, connectorTypeId, config, secrets, issuerCheck } = connector;
  return {
    name,
    ...storedTypeId(connectorTypeId),
    isMissingSecrets: false,
    config: { ...config },
    secrets: { ...secrets },
    authMode: authModeOfConnector(secrets, config),
    issuerCheck: issuerCheck && { ...issuerCheck, warnings: [...issuerCheck.warnings] },
  };
}

function storedOf(row: SavedObject<ConnectorSoAttributes>, spaceId: string): StoredConnector {
  const { name, config, isMissingSecrets, authMode, issuerCheck } = row.attributes;
  const { createdBy, updatedBy } = row.attributes;
  // Documents of older versions have no auth type in the config. Lists then use the stored mode,
  // because they do not decrypt the secrets. Executions derive the mode from the decrypted secrets.
  const isOld = config['authType'] === undefined;
  return {
    id: row.id,
    spaceId,
    name,
    connectorTypeId: typeIdOf(row.attributes),
    config,
    isMissingSecrets,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    authType: authTypeOf({}, config),
    authMode: isOld ? (authMode ?? 'shared') : authModeOfConnector({}, config),
    version: row.version,
    ...withoutUndefined({
      issuerCheck,
      createdBy,
      updatedBy,
    }),
  };
}

/**
 * Decrypted connectors by document. The repository returns the same frozen document as long as it
 * is unchanged.
 */
const decrypted = new WeakMap<SavedObject<ConnectorSoAttributes>, DecryptedConnector>();

/**
 * Maps a document to a connector. For an unchanged document, returns the same frozen object again.
 */
function decryptedOf(row: SavedObject<ConnectorSoAttributes>, spaceId: string): DecryptedConnector {
  const known = decrypted.get(row);
  if (known?.spaceId === spaceId) return known;
  const connector = mapDecrypted(row, spaceId);
  if (Object.isFrozen(row)) decrypted.set(row, Object.freeze(connector));
  return connector;
}

function mapDecrypted(
  row: SavedObject<ConnectorSoAttributes>,
  spaceId: string,
): DecryptedConnector {
  const { config, secrets = {} } = row.attributes;
  const { isMissingSecrets: _, ...stored } = storedOf(row, spaceId);
  return {
    ...stored,
    secrets,
    authType: authTypeOf(secrets, config),
    authMode: authModeOfConnector(secrets, config),
  };
}
