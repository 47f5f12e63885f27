import { systemRandomness } from '@latchkey/core/server';

/** The connector that is executed, in the formats of the create route and of token stores. */
export interface BenchConnector {
  readonly id: string;
  readonly type: string;
  readonly config: { readonly url: string };
  readonly secrets: Readonly<Record<string, string>>;
}

/** Type of the connector: any HTTP service. */
export const CONNECTOR_TYPE = '.custom_api';

/** Type of a connector whose action uses axios, from `axios_plugin`. */
const AXIOS_CONNECTOR_TYPE = '.bench_axios';

/** Returns the same connector for an action that uses axios. */
export function axiosConnectorOf(connector: BenchConnector): BenchConnector {
  return { ...connector, id: 'bench_axios', type: AXIOS_CONNECTOR_TYPE };
}

/** Encryption keys of a process. */
export interface Keys {
  readonly primary: string;
  readonly decryptionOnly: readonly string[];
}

/** Keys that encrypt everything that the benchmark stores. They are obviously not real. */
export const KEYS: Keys = { primary: 'development-only-key-of-the-benchmark', decryptionOnly: [] };

/**
 * Returns a `.custom_api` connector that calls the upstream. Each user authorizes it at `provider`.
 */
export function benchConnector(
  upstream: string,
  provider: {
    readonly authorizationEndpoint: string;
    readonly tokenEndpoint: string;
    readonly clients: {
      readonly basic: { readonly clientId: string; readonly clientSecret: string };
    };
  },
): BenchConnector {
  const { clientId, clientSecret } = provider.clients.basic;
  return {
    id: 'bench',
    type: CONNECTOR_TYPE,
    config: { url: upstream },
    secrets: {
      authType: 'oauth_authorization_code',
      authorizationUrl: provider.authorizationEndpoint,
      tokenUrl: provider.tokenEndpoint,
      clientId,
      clientSecret,
      scope: 'openid offline_access',
    },
  };
}

/** Number of bytes in a token, as large providers issue them. */
const TOKEN_BYTES = 120;

/** Returns a random secret with the length of a token. */
export function secret(): string {
  return systemRandomness.bytes(TOKEN_BYTES).toString('base64url');
}
