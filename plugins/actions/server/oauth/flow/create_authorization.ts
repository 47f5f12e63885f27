import type { Clock, Logger, Randomness, UrlBuilder } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import type { AccessControl } from '../../audit/index.ts';
import type { ActionsConfig } from '../../config.ts';
import type { ConnectorReader } from '../../connector_data/index.ts';
import type { ProviderClientFactory } from '../strategies/index.ts';
import type { Tokens } from '../tokens/index.ts';
import { AttemptOutcomes } from './attempt_outcomes.ts';
import { AuthorizableConnectors } from './authorizable_connectors.ts';
import { AuthorizationFlow } from './authorization_flow.ts';
import { GrantCheck } from './grant_check.ts';
import { IpRateLimiter } from './ip_rate_limiter.ts';
import { OwnAuthorizations } from './own_authorizations.ts';
import { RateLimiter } from './rate_limiter.ts';
import { StateStore } from './state_store.ts';

/** Services of authorizations. All use the same store. */
export interface Authorization {
  readonly flow: AuthorizationFlow;
  readonly grantCheck: GrantCheck;
  readonly authorizable: AuthorizableConnectors;
  readonly attempts: AttemptOutcomes;
  readonly ownAuthorizations: OwnAuthorizations;
  readonly states: StateStore;
  readonly limiter: RateLimiter;
}

/**
 * Creates the services with which users authorize connectors and disconnect.
 * @param deps.repository must have access to the hidden types of states and rate limits
 * @param deps.connectors finds no connectors in spaces that are being deleted
 */
export function createAuthorization(deps: {
  readonly repository: SavedObjectsRepository;
  readonly connectors: ConnectorReader;
  readonly clients: ProviderClientFactory;
  readonly tokens: Tokens;
  readonly access: AccessControl;
  readonly users: Pick<SecurityStart, 'getActiveUser'>;
  readonly urls: UrlBuilder;
  readonly settings: ActionsConfig['auth']['oauth_authorization_code'];
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}): Authorization {
  const { repository, connectors, clients, tokens, access, settings, clock, logger } = deps;
  const { grants, grantRevoker, connections } = tokens;
  const { authorize, callback } = settings.rate_limits;
  const callbackLimit = { limit: callback.limit, lookbackWindowMs: callback.lookbackWindow };
  const limiter = new RateLimiter(
    repository,
    {
      authorize: { limit: authorize.limit, lookbackWindowMs: authorize.lookbackWindow },
      callback: callbackLimit,
    },
    () => clock.now(),
  );
  const states = new StateStore(repository, () => new Date(clock.now()));
  const attempts = new AttemptOutcomes({ states, connections, clock, logger });
  const authorizable = new AuthorizableConnectors({ connectors, clients, access });
  const grantCheck = new GrantCheck({
    connectors,
    clients,
    grantRevoker,
    uncheckedGrants: tokens.uncheckedGrants,
    access,
    users: deps.users,
    logger,
  });
  const flow = new AuthorizationFlow({
    connectors,
    authorizable,
    clients,
    grants,
    grantCheck,
    connections,
    states,
    attempts,
    limiter,
    anonymousLimiter: new IpRateLimiter(callbackLimit, clock),
    access,
    urls: deps.urls,
    redirectUri: settings.redirectUri,
    sharedCallbackOrigins: new Set(settings.sharedRedirectUriOrigins),
    clock,
    randomness: deps.randomness,
    logger,
  });
  const ownAuthorizations = new OwnAuthorizations({
    authorizable,
    states,
    grants,
    grantRevoker,
    access,
  });
  return { flow, grantCheck, authorizable, attempts, ownAuthorizations, states, limiter };
}
