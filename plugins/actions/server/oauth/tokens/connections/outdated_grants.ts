import { SavedObjectError } from '@latchkey/saved-objects';
import type { ConnectorReader, ProviderClientFactory } from '../../../types.ts';
import { ConnectorConfigurationError } from '../../strategies/index.ts';
import { BoundedPool } from '../bounded_pool.ts';
import { type GrantRecord, isUsable } from '../grants/grant_record.ts';
import { FingerprintCache, type KnownClient } from './fingerprint_cache.ts';
import { missingScopes } from './missing_scopes.ts';

/** What a cluster answers in one request; only the first look at a connector's version reads it at all. */
const CONCURRENCY = 100;
/** A list may show ten thousand connectors. */
const MAX_KNOWN = 20_000;

/** A grant compared with the present version of its connector. */
export interface GrantComparison {
  /** Made for other hosts or another client, so it is not used any more. */
  readonly isOutdated: boolean;
  readonly missingScopes: readonly string[];
}

/**
 * Tells which grants were made for other hosts or another client than their connector has now. The time between an edit and the end of its grants may be long
 * (a crash, ten thousand people), and nothing uses them meanwhile, so nobody may be told that they work.
 */
export class OutdatedGrantDetector {
  readonly #connectors: ConnectorReader;
  readonly #known: FingerprintCache;

  constructor(connectors: ConnectorReader, clients: Pick<ProviderClientFactory, 'forConnector'>) {
    this.#connectors = connectors;
    this.#known = new FingerprintCache(clients, MAX_KNOWN);
  }

  /**
   * Compares usable grants with the present versions of their connectors. Connectors whose version
   * is known cost nothing. Grants of a connector that is gone or cannot be read are left out of the
   * result: an administrator has to act, not the user.
   * @param versions present version by connector id, as far as the caller knows it
   */
  async compare(
    records: readonly GrantRecord[],
    versions: ReadonlyMap<string, string | undefined>,
  ): Promise<ReadonlyMap<GrantRecord, GrantComparison>> {
    const compared = new Map<GrantRecord, GrantComparison>();
    const judge = (record: GrantRecord, present: KnownClient | undefined): void => {
      if (present === undefined) return;
      compared.set(record, {
        isOutdated: present.fingerprint !== record.clientFingerprint,
        missingScopes: missingScopes(record, present.scopes),
      });
    };
    const unknown: GrantRecord[] = [];
    for (const record of records.filter(isUsable)) {
      const known = this.#find(record, versions.get(record.key.connectorId));
      if (known === undefined) unknown.push(record);
      else judge(record, known);
    }
    const pool = new BoundedPool(CONCURRENCY);
    await Promise.all(
      unknown.map((record) => pool.run(async () => judge(record, await this.#read(record)))),
    );
    return compared;
  }

  #find({ key, spaceId }: GrantRecord, version: string | undefined): KnownClient | undefined {
    if (version === undefined) return undefined;
    return this.#known.find({ id: key.connectorId, spaceId, version });
  }

  async #read({ key, spaceId }: GrantRecord): Promise<KnownClient | undefined> {
    try {
      const connector = await this.#connectors.readDecrypted(key.connectorId, spaceId);
      return connector && this.#known.clientOf(connector);
    } catch (error) {
      if (error instanceof ConnectorConfigurationError) return undefined;
      if (error instanceof SavedObjectError && isAboutOne(error)) return undefined;
      throw error;
    }
  }
}

function isAboutOne({ code }: SavedObjectError): boolean {
  return code === 'undecryptable' || code === 'newer_version';
}
