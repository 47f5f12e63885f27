import { SavedObjectError } from '@latchkey/saved-objects';
import type { ConnectorReader, GrantClients } from '../../types.ts';
import { ConnectorConfigurationError } from '../strategies/index.ts';
import { BoundedPool } from './bounded_pool.ts';
import { type GrantRecord, isUsable } from './grant_record.ts';
import { KnownFingerprints } from './known_fingerprints.ts';

const AT_ONCE = 10;
/** A list may show ten thousand connectors. */
const MAX_KNOWN = 20_000;

/**
 * Tells which grants were made for other hosts or another client than their connector has now. The time between an edit and the end of its grants may be long
 * (a crash, ten thousand people), and nothing uses them meanwhile, so nobody may be told that they work.
 */
export class PresentFingerprints {
  readonly #connectors: ConnectorReader;
  readonly #known: KnownFingerprints;

  constructor(connectors: ConnectorReader, clients: Pick<GrantClients, 'forConnector'>) {
    this.#connectors = connectors;
    this.#known = new KnownFingerprints(clients, MAX_KNOWN);
  }

  /**
   * Those of the grants that are outdated. Connectors known in their version cost nothing; a connector that is gone or cannot be read says nothing about
   * its grants: an administrator has to act, not the person.
   * @param versions present version by connector id, as far as the caller knows it
   */
  async findOutdated(
    records: readonly GrantRecord[],
    versions: ReadonlyMap<string, string | undefined>,
  ): Promise<ReadonlySet<GrantRecord>> {
    const outdated = new Set<GrantRecord>();
    const pool = new BoundedPool(AT_ONCE);
    await Promise.all(
      records.filter(isUsable).map((record) =>
        pool.run(async () => {
          const present = await this.#of(record, versions.get(record.key.connectorId));
          if (present !== undefined && present !== record.clientFingerprint) outdated.add(record);
        }),
      ),
    );
    return outdated;
  }

  async #of(record: GrantRecord, version: string | undefined): Promise<string | undefined> {
    const { key, spaceId } = record;
    const id = key.connectorId;
    if (version !== undefined) {
      const known = this.#known.find({ id, spaceId, version });
      if (known !== undefined) return known;
    }
    try {
      const connector = await this.#connectors.readDecrypted(id, spaceId);
      return connector && this.#known.of(connector);
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
