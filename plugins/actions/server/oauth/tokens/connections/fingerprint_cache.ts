import { parseScopes } from '@latchkey/oauth-client';
import type { DecryptedConnector, ProviderClientFactory } from '../../../types.ts';

const MAX_KNOWN = 1000;

/** Properties of a connector with which its grants are compared. */
export interface KnownClient {
  readonly fingerprint: string;
  /** Scopes that it asks for. */
  readonly scopes: readonly string[];
}

/**
 * The fingerprint that a connector's grants must carry, worked out once per version of the connector: reading a token needs nothing else of
 * its OAuth client. A version names one content forever, so what is remembered cannot go stale; a fingerprint is no secret.
 */
export class FingerprintCache {
  readonly #clients: Pick<ProviderClientFactory, 'forConnector'>;
  readonly #maxKnown: number;
  /** By connector; the oldest goes first. */
  readonly #known = new Map<string, KnownClient & { readonly version: string }>();

  /** @param maxKnown connectors remembered */
  constructor(clients: Pick<ProviderClientFactory, 'forConnector'>, maxKnown = MAX_KNOWN) {
    this.#clients = clients;
    this.#maxKnown = maxKnown;
  }

  /** Without the connector at hand. `undefined`: not known in this version. */
  find({
    id,
    spaceId,
    version,
  }: Pick<DecryptedConnector, 'id' | 'spaceId' | 'version'>): KnownClient | undefined {
    const known = this.#known.get(`${spaceId}/${id}`);
    return known?.version === version ? known : undefined;
  }

  /** @throws ConnectorConfigurationError when the connector is not OAuth or its OAuth configuration is incomplete */
  of(connector: DecryptedConnector): string {
    return this.clientOf(connector).fingerprint;
  }

  /** @throws as {@link of} */
  clientOf(connector: DecryptedConnector): KnownClient {
    const { id, spaceId, version } = connector;
    // Space ids hold no slash.
    const key = `${spaceId}/${id}`;
    const known = this.#known.get(key);
    if (known?.version === version) return known;
    const { fingerprint, configuration } = this.#clients.forConnector(connector);
    const scopes = parseScopes(configuration.scope) ?? [];
    this.#known.delete(key);
    if (this.#known.size >= this.#maxKnown) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    const found = { version, fingerprint, scopes };
    this.#known.set(key, found);
    return found;
  }
}
