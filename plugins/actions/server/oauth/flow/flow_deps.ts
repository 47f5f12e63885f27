import type { Clock, Logger, Randomness, UrlBuilder } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import type { AccessControl } from '../../audit/index.ts';
import type { ConnectorReader, GrantService, ProviderClientFactory } from '../../types.ts';
import type { IpRateLimiter } from './ip_rate_limiter.ts';
import type { RateLimiter } from './rate_limiter.ts';
import type { StateStore } from './state_store.ts';

/** Dependencies of the authorization flow. */
export interface FlowDeps {
  readonly connectors: ConnectorReader;
  readonly clients: ProviderClientFactory;
  readonly grants: GrantService;
  readonly states: StateStore;
  readonly limiter: RateLimiter;
  /** Limits callers without a session. */
  readonly anonymousLimiter: IpRateLimiter;
  readonly access: AccessControl;
  /** Reads the current state of a user. */
  readonly users: Pick<SecurityStart, 'getActiveUser'>;
  readonly urls: UrlBuilder;
  /**
   * `shared`: one callback for all providers. `per_provider` (default): a provider key in the path.
   */
  readonly redirectUri: 'shared' | 'per_provider';
  /** Origins of token URLs that may use the shared callback although their issuer is unknown. */
  readonly sharedCallbackOrigins: ReadonlySet<string>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}
