import { createLruCache, type LRUCache } from '@latchkey/core/server';
import { parseScopes } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../../connector_data/index.ts';
import { scopeDescriber } from '../../scopes/index.ts';
import type { ProviderClient, ProviderClientFactory } from '../../strategies/index.ts';

const MAX_CACHED = 1000;

/** Properties of a connector that its grants are compared with. */
export interface CachedClient extends Pick<ProviderClient, 'isScopeCovered'> {
  readonly fingerprint: string;
  /** Scopes that the connector requests. */
  readonly scopes: readonly string[];
  /** Describes scopes of the connector's provider. */
  readonly describeScopes: ReturnType<typeof scopeDescriber>;
}

/**
 * Caches the fingerprint that the grants of a connector must have. It is computed once per version
 * of the connector. A token can then be read without building the OAuth client. A version always
 * has the same content, so an entry cannot become outdated. Fingerprints are not secret.
 */
export class FingerprintCache {
  readonly #clients: Pick<ProviderClientFactory, 'forConnector'>;
  /** Cached clients by space id and connector id. */
  readonly #cached: LRUCache<string, CachedClient & { readonly version: string }>;

  /** @param maxCached maximum number of cached connectors */
  constructor(clients: Pick<ProviderClientFactory, 'forConnector'>, maxCached = MAX_CACHED) {
    this.#clients = clients;
    this.#cached = createLruCache(maxCached);
  }

  /**
   * Returns the cached properties of a connector, by its version and without reading it.
   * `undefined`: this version is not cached.
   */
  find({
    id,
    spaceId,
    version,
  }: Pick<DecryptedConnector, 'id' | 'spaceId' | 'version'>): CachedClient | undefined {
    const known = this.#cached.get(`${spaceId}/${id}`);
    return known?.version === version ? known : undefined;
  }

  /**
   * Returns the fingerprint of a connector.
   * @throws ConnectorConfigurationError when the connector has no OAuth auth type, or its OAuth
   * settings are incomplete
   */
  of(connector: DecryptedConnector): string {
    return this.clientOf(connector).fingerprint;
  }

  /**
   * Returns the fingerprint, the scopes and further properties of a connector.
   * @throws ConnectorConfigurationError as {@link of}
   */
  clientOf(connector: DecryptedConnector): CachedClient {
    const { id, spaceId, version } = connector;
    // A slash separates space and connector, because space ids contain none.
    const key = `${spaceId}/${id}`;
    const known = this.#cached.get(key);
    if (known?.version === version) return known;
    const { fingerprint, configuration, isScopeCovered } = this.#clients.forConnector(connector);
    const scopes = parseScopes(configuration.scope) ?? [];
    const describeScopes = scopeDescriber(configuration);
    const found = {
      version,
      fingerprint,
      scopes,
      describeScopes,
      ...(isScopeCovered === undefined ? {} : { isScopeCovered }),
    };
    this.#cached.set(key, found);
    return found;
  }
}
