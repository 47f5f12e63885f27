import type { DecryptedConnector, GrantClients } from '../../../types.ts';

const MAX_KNOWN = 1000;

/**
 * The fingerprint that a connector's grants must carry, worked out once per version of the connector: reading a token needs nothing else of
 * its OAuth client. A version names one content forever, so what is remembered cannot go stale; a fingerprint is no secret.
 */
export class KnownFingerprints {
  readonly #clients: Pick<GrantClients, 'forConnector'>;
  readonly #maxKnown: number;
  /** By connector; the oldest goes first. */
  readonly #known = new Map<string, { readonly version: string; readonly fingerprint: string }>();

  /** @param maxKnown connectors remembered */
  constructor(clients: Pick<GrantClients, 'forConnector'>, maxKnown = MAX_KNOWN) {
    this.#clients = clients;
    this.#maxKnown = maxKnown;
  }

  /** Without the connector at hand. `undefined`: not known in this version. */
  find({
    id,
    spaceId,
    version,
  }: Pick<DecryptedConnector, 'id' | 'spaceId' | 'version'>): string | undefined {
    const known = this.#known.get(`${spaceId}/${id}`);
    return known?.version === version ? known.fingerprint : undefined;
  }

  /** @throws ConnectorConfigurationError when the connector is not OAuth or its OAuth configuration is incomplete */
  of(connector: DecryptedConnector): string {
    const { id, spaceId, version } = connector;
    // Space ids hold no slash.
    const key = `${spaceId}/${id}`;
    const known = this.#known.get(key);
    if (known?.version === version) return known.fingerprint;
    const { fingerprint } = this.#clients.forConnector(connector);
    this.#known.delete(key);
    if (this.#known.size >= this.#maxKnown) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(key, { version, fingerprint });
    return fingerprint;
  }
}
