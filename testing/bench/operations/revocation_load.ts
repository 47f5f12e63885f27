import { systemClock, systemRandomness } from '@latchkey/core/server';
import { createLoggerMock } from '@latchkey/core/server/mocks';
import { createTestEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import { createSavedObjectsService, type DocumentStore } from '@latchkey/saved-objects';
import {
  type DecryptedConnector,
  lookupOf,
} from '../../../plugins/actions/server/connector_data/index.ts';
// The benchmark imports capabilities from inside the plugin. Plugins must not do that.
import {
  type ConnectorRevocation,
  createMassRevocation,
  type MassRevocationService,
  OAUTH_REVOCATION_JOB_TYPE,
  oauthRevocationJobType,
  revocationJobEncryption,
} from '../../../plugins/actions/server/oauth/mass_revocation/index.ts';
import type {
  ProviderClient,
  ProviderClientFactory,
} from '../../../plugins/actions/server/oauth/strategies/index.ts';
import {
  CONNECTOR_PROBLEM_TYPE,
  CONNECTOR_TOKEN_TYPE,
  connectorProblemType,
  connectorTokenType,
  createTokens,
  OAUTH_REVOCATION_TYPE,
  oauthRevocationType,
  revocationEncryption,
  type Tokens,
  tokenEncryption,
  USER_CONNECTOR_TOKEN_TYPE,
  userConnectorTokenType,
} from '../../../plugins/actions/server/oauth/tokens/index.ts';
import type { RevokingProvider } from './revoking_provider.ts';

const TYPES = [
  userConnectorTokenType,
  connectorTokenType,
  oauthRevocationType,
  connectorProblemType,
  oauthRevocationJobType,
];
const SEEDED_AT_ONCE = 50;

/** The services that revoke grants, on a store, without a server. */
export interface RevocationLoad {
  readonly tokens: Tokens;
  readonly revocationJobs: MassRevocationService;
  readonly connectorRevocation: ConnectorRevocation;
  connector(id: string): DecryptedConnector;
  /** Authorizes a connector for this many users. */
  fill(connectorId: string, users: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a store as a server does, with the real saved-objects service, encryption and token
 * services.
 */
export async function openRevocationLoad(
  store: DocumentStore,
  provider: RevokingProvider,
): Promise<RevocationLoad> {
  const logger = createLoggerMock('bench');
  const service = createSavedObjectsService({
    store,
    logger,
    now: () => systemClock.now(),
    uuid: () => systemRandomness.uuid(),
  });
  for (const type of TYPES) service.setup.registerType(type);
  const encrypted = [...tokenEncryption, revocationEncryption, revocationJobEncryption];
  service.setup.registerEncryption(createTestEncryption(encrypted));
  const started = await service.start();
  const repository = started.createRepository({
    includedHiddenTypes: [
      USER_CONNECTOR_TOKEN_TYPE,
      CONNECTOR_TOKEN_TYPE,
      OAUTH_REVOCATION_TYPE,
      CONNECTOR_PROBLEM_TYPE,
      OAUTH_REVOCATION_JOB_TYPE,
    ],
  });
  const clients = clientsOf(provider);
  const connectors = { find: async (id: string) => lookupOf(connectorOf(id)) };
  const shared = { connectors, clients, clock: systemClock, randomness: systemRandomness, logger };
  const tokens = createTokens({
    ...shared,
    repository,
    events: { emit: () => undefined },
    instanceId: systemRandomness.uuid(),
  });
  const created = createMassRevocation({
    ...shared,
    repository,
    tokens,
    hasAccess: async () => true,
    schedule: async () => undefined,
    onFinished: () => undefined,
  });
  return {
    tokens,
    ...created,
    connector: connectorOf,
    fill: async (connectorId, users) => {
      const connector = connectorOf(connectorId);
      const client = clients.forConnector(connector);
      for (let from = 0; from < users; from += SEEDED_AT_ONCE) {
        const some = Array.from({ length: Math.min(SEEDED_AT_ONCE, users - from) }, (_, i) => i);
        await Promise.all(some.map((i) => save(tokens, { connector, client, index: from + i })));
      }
    },
    close: async () => {
      await tokens.stop(1_000);
      await service.stop();
    },
  };
}

async function save(
  tokens: Tokens,
  request: {
    readonly connector: DecryptedConnector;
    readonly client: ProviderClient;
    readonly index: number;
  },
): Promise<void> {
  const { connector, client, index } = request;
  const name = `${connector.id}-${index}`;
  await tokens.grants.saveGrant({
    connector,
    client,
    profileUid: `u_${index}`,
    grant: {
      accessToken: `development-access-token-of-${name}`,
      tokenType: 'Bearer',
      refreshToken: `development-refresh-token-of-${name}`,
      lifetimeSeconds: 86_400,
      refreshTokenLifetimeSeconds: undefined,
      scopes: undefined,
      account: undefined,
      receivedAt: new Date(),
      providerRequestId: undefined,
    },
  });
}

function connectorOf(id: string): DecryptedConnector {
  return {
    id,
    spaceId: 'default',
    name: id,
    connectorTypeId: '.custom_api',
    config: {},
    secrets: {},
    authType: 'oauth_authorization_code',
    authMode: 'per-user',
    version: '1',
  };
}

/** One client for every connector. It only revokes, over a socket. */
function clientsOf(provider: RevokingProvider): ProviderClientFactory {
  const never = () => {
    throw new Error('not part of this benchmark');
  };
  const revoke = (token: string) => provider.revoke(token);
  const client: ProviderClient = {
    authType: 'oauth_authorization_code',
    fingerprint: 'bench',
    providerKey: 'bench',
    configuration: {
      dialect: 'standard',
      authorizationEndpoint: new URL('/authorize', provider.revocationEndpoint).href,
      tokenEndpoint: new URL('/token', provider.revocationEndpoint).href,
      revocationEndpoint: provider.revocationEndpoint,
      clientId: 'development-client',
      tokenEndpointAuthMethod: 'none',
    },
    defaultLifetimeSeconds: 3600,
    idleLimitDays: undefined,
    ensureEndpointsAllowed: () => undefined,
    buildAuthorizationUrl: never,
    checkIssuer: () => undefined,
    exchangeCode: never,
    refresh: never,
    revoke,
    requestSharedToken: never,
  };
  return {
    forConnector: () => client,
    resolveRevocationClient: () => client,
    forConfiguration: () => ({ revoke }),
  };
}
