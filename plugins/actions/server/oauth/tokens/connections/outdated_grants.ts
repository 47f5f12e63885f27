import { isSavedObjectError } from '@latchkey/saved-objects';
import type { ConnectorReader } from '../../../connector_data/index.ts';
import { BoundedPool } from '../../limits/index.ts';
import { ConnectorConfigurationError, type ProviderClientFactory } from '../../strategies/index.ts';
import { type GrantRecord, isUsable } from '../grants/grant_record.ts';
import type { ScopeTexts } from './connection_view.ts';
import { type CachedClient, FingerprintCache } from './fingerprint_cache.ts';
import { missingScopes } from './missing_scopes.ts';

/**
 * Maximum number of connectors that are read at the same time. A connector is read only if its
 * version is not cached.
 */
const CONCURRENCY = 100;
/** Maximum number of cached connectors. A list may contain ten thousand connectors. */
const MAX_CACHED = 20_000;

/** Result of comparing a grant with its connector as it is now. */
export interface GrantComparison {
  /** `true`: the grant was authorized for other hosts or another client, so it is not used. */
  readonly isOutdated: boolean;
  readonly missingScopes: readonly string[];
  /** Absent for an outdated grant, because the connector may have another provider now. */
  readonly scopeTexts?: ScopeTexts;
}

/**
 * Finds grants that were authorized for different hosts or a different client than their connector
 * has now. After an edit, revoking such grants may take long (a crash, ten thousand users). They
 * are not used meanwhile, so they must not be shown as working.
 */
export class OutdatedGrantDetector {
  readonly #connectors: ConnectorReader;
  readonly #cache: FingerprintCache;

  constructor(connectors: ConnectorReader, clients: Pick<ProviderClientFactory, 'forConnector'>) {
    this.#connectors = connectors;
    this.#cache = new FingerprintCache(clients, MAX_CACHED);
  }

  /**
   * Compares usable grants with their connectors as they are now. Does not read connectors whose
   * version is cached. The result contains no grants of connectors that were deleted or cannot be
   * read, because an administrator must act, not the user.
   * @param versions current versions of connectors by id, as far as the caller knows them
   */
  async compare(
    records: readonly GrantRecord[],
    versions: ReadonlyMap<string, string | undefined>,
  ): Promise<ReadonlyMap<GrantRecord, GrantComparison>> {
    const compared = new Map<GrantRecord, GrantComparison>();
    const addComparison = (record: GrantRecord, current: CachedClient | undefined): void => {
      if (current === undefined) return;
      compared.set(record, {
        missingScopes: missingScopes(record, current.scopes, current.isScopeCovered),
        ...(current.fingerprint === record.clientFingerprint
          ? { isOutdated: false, scopeTexts: scopeTextsOf(record, current) }
          : { isOutdated: true }),
      });
    };
    const unknown: GrantRecord[] = [];
    for (const record of records.filter(isUsable)) {
      const known = this.#find(record, versions.get(record.key.connectorId));
      if (known === undefined) unknown.push(record);
      else addComparison(record, known);
    }
    const pool = new BoundedPool(CONCURRENCY);
    await Promise.all(
      unknown.map((record) =>
        pool.run(async () => addComparison(record, await this.#read(record))),
      ),
    );
    return compared;
  }

  #find({ key, spaceId }: GrantRecord, version: string | undefined): CachedClient | undefined {
    if (version === undefined) return undefined;
    return this.#cache.find({ id: key.connectorId, spaceId, version });
  }

  async #read({ key, spaceId }: GrantRecord): Promise<CachedClient | undefined> {
    try {
      const found = await this.#connectors.find(key.connectorId, spaceId);
      return found.kind === 'found' ? this.#cache.clientOf(found.connector) : undefined;
    } catch (error) {
      if (error instanceof ConnectorConfigurationError) return undefined;
      // A newer version of this server wrote the connector. The grants of other connectors can be
      // compared.
      if (isSavedObjectError(error, 'newer_version')) return undefined;
      throw error;
    }
  }
}

/**
 * Returns the scopes of a grant with their descriptions. Older versions did not store the requested
 * scopes; then those that the connector requests now are returned.
 */
function scopeTextsOf(record: GrantRecord, current: CachedClient): ScopeTexts {
  const { requestedScopes = current.scopes, scopes } = record;
  return {
    requested: current.describeScopes(requestedScopes),
    ...(scopes === undefined ? {} : { granted: current.describeScopes(scopes) }),
  };
}
