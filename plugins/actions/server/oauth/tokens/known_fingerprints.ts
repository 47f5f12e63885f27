import type { DecryptedConnector, GrantClients } from '../../types.ts';

const MAX_KNOWN = 1000;

/**
 * The fingerprint that a connector's grants must carry, worked out once per version of the connector: reading a token needs nothing else of
 * its OAuth client. A version names one content forever, so what is remembered cannot go stale; a fingerprint is no secret.
 */
export class KnownFingerprints {
  readonly #clients: Pick<GrantClients, 'forConnector'>;
  /** By connector; the oldest goes first. */
  readonly #known = new Map<string, { readonly version: string; readonly fingerprint: string }>();

  constructor(clients: Pick<GrantClients, 'forConnector'>) {
    this.#clients = clients;
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
    if (this.#known.size >= MAX_KNOWN) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(key, { version, fingerprint });
    return fingerprint;
  }
}
