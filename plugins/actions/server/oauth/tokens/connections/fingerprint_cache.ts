import { createLruCache, type LRUCache } from '@latchkey/core/server';
import { parseScopes } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../../connector_data/index.ts';
import { scopeDescriber } from '../../scopes/index.ts';
import type { ProviderClient, ProviderClientFactory } from '../../strategies/index.ts';

const MAX_CACHED = 1000;

/** Properties of a connector that are compared with its grants. */
export interface CachedClient extends Pick<ProviderClient, 'isScopeCovered'> {
  readonly fingerprint: string;
  /** Scopes that the connector requests. */
  readonly scopes: readonly string[];
  /** Describes scopes of its provider. */
  readonly describeScopes: ReturnType<typeof scopeDescriber>;
}

/**
 * Caches the fingerprint that the grants of a connector must have, computed once per version of the
 * connector. Reading a token needs no other part of its OAuth client. A version always has the same
 * content, so an entry cannot become stale. A fingerprint is not secret.
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

  /** Looks up a connector without reading it. `undefined`: this version is not cached. */
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
   * @throws ConnectorConfigurationError when the connector is not OAuth or its OAuth configuration
   *   is incomplete
   */
  of(connector: DecryptedConnector): string {
    return this.clientOf(connector).fingerprint;
  }

  /**
   * Returns fingerprint and scopes of a connector.
   * @throws ConnectorConfigurationError as {@link of}
   */
  clientOf(connector: DecryptedConnector): CachedClient {
    const { id, spaceId, version } = connector;
    // Space ids contain no slash.
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
