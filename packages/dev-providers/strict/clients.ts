/** An app registered at the strict server. Development only. */
export interface StrictClient {
  readonly clientId: string;
  /** Secret of the client. `undefined` for the public client. */
  readonly clientSecret: string | undefined;
  readonly tokenEndpointAuthMethod: 'client_secret_basic' | 'client_secret_post' | 'none';
}

/** One client for each authentication method, and the one of EARS. */
export const strictClients = Object.freeze({
  basic: {
    clientId: 'dev-strict-basic',
    clientSecret: 'dev-only-strict-basic-secret',
    tokenEndpointAuthMethod: 'client_secret_basic',
  },
  post: {
    clientId: 'dev-strict-post',
    clientSecret: 'dev-only-strict-post-secret',
    tokenEndpointAuthMethod: 'client_secret_post',
  },
  public: {
    clientId: 'dev-strict-public',
    clientSecret: undefined,
    tokenEndpointAuthMethod: 'none',
  },
  ears: {
    clientId: 'dev-strict-ears',
    clientSecret: 'dev-only-strict-ears-secret',
    tokenEndpointAuthMethod: 'client_secret_post',
  },
} as const satisfies Record<string, StrictClient>);
