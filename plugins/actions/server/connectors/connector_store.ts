import { authTypeOf } from '@latchkey/connector-specs';
import { createLruCache } from '@latchkey/core/server';
import {
  type Filter,
  needsAnotherKey,
  type SavedObject,
  SavedObjectError,
  type SavedObjectsRepository,
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
  /** `true`: `config` has only the fields of every connector. Only in lists of many connectors. */
  readonly isConfigLeftOut?: true;
};

/** A connector that is about to be changed or deleted. */
export type EditableConnector = DecryptedConnector & {
  /**
   * `false`: the stored secrets cannot be decrypted, and `secrets` is empty. New secrets repair it.
   */
  readonly hasReadableSecrets: boolean;
  /** The secrets are intact, but this server lacks their key. Absent: readable, or corrupt. */
  readonly missingKey?: SavedObjectError;
};

/** Attributes of a new or changed connector. */
export interface ConnectorToStore {
  readonly name: string;
  readonly connectorTypeId: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Result of the check of the issuer. `undefined` removes an earlier check. */
  readonly issuerCheck: IssuerCheck | undefined;
}

/**
 * Connectors per read. Those of older builds may have a megabyte each, and all of a batch are in
 * memory at the same time.
 */
const BATCH_SIZE = 200;

/**
 * Reads of all connectors of one space at the same time. Others wait, so that they take a bounded
 * part of the memory of the process, and delay no other space.
 */
const LISTS_AT_ONCE = 2;
/** Spaces whose lists are counted. Running lists of spaces beyond are forgotten. */
const MAX_LISTED_SPACES = 1_000;

/**
 * Store of connectors. Also reads preconfigured connectors. Only this class uses rows of `action`.
 */
export class ConnectorStore implements ConnectorReader {
  readonly #repository: SavedObjectsRepository;
  readonly #preconfigured: PreconfiguredConnectors;
  readonly #lists = createLruCache<string, BoundedPool>(MAX_LISTED_SPACES);

  constructor(repository: SavedObjectsRepository, preconfigured: PreconfiguredConnectors) {
    this.#repository = repository;
    this.#preconfigured = preconfigured;
  }

  /** Reads a stored connector with its secrets, as {@link ConnectorReader.find} describes. */
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
   * As {@link find}, but succeeds when the secrets cannot be decrypted, so that the connector can
   * be repaired or deleted. `undefined`: there is no such connector.
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
   * As {@link readForChange}, for stored connectors only. Includes a connector that is hidden by a
   * preconfigured one of the same id. `undefined`: there is none.
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

  /** Reads without decrypting. `undefined`: the connector does not exist in that space. */
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
   * Reads the connectors that exist in the space, without decrypting. Large configs may be left
   * out, as in {@link list}.
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
   * All connectors of a space, without decrypting; not sorted. Configs that are together larger
   * than a list may be are left out.
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

  /** Number of connectors of a space. A search: it may lack the latest ones. */
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
   * Spaces that hold connectors, even if the space does not exist. Each is yielded once per batch
   * of connectors.
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
   * @throws ConnectorError `id_taken`, also when the id is used in another space
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
   * @throws SavedObjectError `conflict` when it was edited meanwhile
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
  // Older rows have no auth type in the config. Their stored mode is used, because their secrets
  // are not decrypted here. Executions do not use this value: they decrypt the secrets.
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
    ...(issuerCheck === undefined ? {} : { issuerCheck }),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(updatedBy === undefined ? {} : { updatedBy }),
  };
}

/** Connectors of frozen documents, which the repository returns again while they are unchanged. */
const decrypted = new WeakMap<SavedObject<ConnectorSoAttributes>, DecryptedConnector>();

/** While a connector is unchanged, reads may return the same frozen object. */
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
