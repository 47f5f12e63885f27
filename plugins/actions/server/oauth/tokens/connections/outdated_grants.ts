import { isSavedObjectError } from '@latchkey/saved-objects';
import type { ConnectorReader } from '../../../connector_data/index.ts';
import { BoundedPool } from '../../limits/index.ts';
import { ConnectorConfigurationError, type ProviderClientFactory } from '../../strategies/index.ts';
import { type GrantRecord, isUsable } from '../grants/grant_record.ts';
import type { ScopeTexts } from './connection_view.ts';
import { type CachedClient, FingerprintCache } from './fingerprint_cache.ts';
import { missingScopes } from './missing_scopes.ts';

/**
 * Maximum number of connectors read at the same time. Only the first use of a connector's version
 * reads it.
 */
const CONCURRENCY = 100;
/** Maximum number of cached results. A list may contain ten thousand connectors. */
const MAX_CACHED = 20_000;

/** Result of comparing a grant with the current version of its connector. */
export interface GrantComparison {
  /** The grant was authorized for other hosts or another client, so it is not used. */
  readonly isOutdated: boolean;
  readonly missingScopes: readonly string[];
  /** Absent for an outdated grant, whose provider may be another one. */
  readonly scopeTexts?: ScopeTexts;
}

/**
 * Tells which grants were authorized for other hosts or another client than their connector has
 * now. Revoking these grants after an edit may take long (a crash, ten thousand users). Nothing
 * uses them meanwhile, so they must not be shown as working.
 */
export class OutdatedGrantDetector {
  readonly #connectors: ConnectorReader;
  readonly #cache: FingerprintCache;

  constructor(connectors: ConnectorReader, clients: Pick<ProviderClientFactory, 'forConnector'>) {
    this.#connectors = connectors;
    this.#cache = new FingerprintCache(clients, MAX_CACHED);
  }

  /**
   * Compares usable grants with the current versions of their connectors. A connector whose version
   * is cached is not read. Grants of a connector that was deleted or cannot be read are left out of
   * the result: an administrator must act, not the user.
   * @param versions current version by connector id, as far as the caller knows it
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
      // A newer version of this server wrote the connector; the others can be compared.
      if (isSavedObjectError(error, 'newer_version')) return undefined;
      throw error;
    }
  }
}

/** Older builds did not store the requested scopes; then those of the connector now. */
function scopeTextsOf(record: GrantRecord, current: CachedClient): ScopeTexts {
  const { requestedScopes = current.scopes, scopes } = record;
  return {
    requested: current.describeScopes(requestedScopes),
    ...(scopes === undefined ? {} : { granted: current.describeScopes(scopes) }),
  };
}
