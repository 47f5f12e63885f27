import { systemClock, systemRandomness } from '@latchkey/core/server';
import { createLoggerMock } from '@latchkey/core/server/mocks';
import { createTestEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import {
  createSavedObjectsService,
  type DocumentStore,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import { openStoreAt, type StoreLocation } from '@latchkey/test-environment';
import {
  type DecryptedConnector,
  lookupOf,
} from '../../../plugins/actions/server/connector_data/index.ts';
// The benchmark imports capabilities from inside the plugin. Plugins must not do that.
import {
  OAUTH_RATE_LIMIT_TYPE,
  OAUTH_STATE_TYPE,
  oauthRateLimitType,
  oauthStateEncryption,
  oauthStateType,
} from '../../../plugins/actions/server/oauth/flow/index.ts';
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
import { USER_TYPE, userType } from '../../../plugins/security/server/users/index.ts';

/** Keys of a process, obviously not real ones. */
export interface Keys {
  readonly primary: string;
  readonly decryptionOnly: readonly string[];
}

export const KEY_A = 'development-only-key-a-of-the-benchmark';
export const KEY_B = 'development-only-key-b-of-the-benchmark';

/**
 * The grants belong to two connectors: a tenth to one whose provider drops idle grants, the others
 * to one whose provider does not.
 */
export const CONNECTORS = { limited: 'limited', unlimited: 'unlimited' } as const;
const IDLE_LIMIT_DAYS = 30;

/**
 * A store with the real saved-objects service, encryption and token services, and a provider that
 * responds immediately.
 */
export interface OpenStore {
  readonly store: DocumentStore;
  readonly repository: SavedObjectsRepository;
  readonly tokens: Tokens;
  readonly clients: ProviderClientFactory;
  connector(id: string): DecryptedConnector;
  close(): Promise<void>;
}

/** Opens a store as a server does. `wrap` wraps the store, to count the requests to it. */
export async function openStore(
  location: StoreLocation,
  keys: Keys,
  wrap: (store: DocumentStore) => DocumentStore = (store) => store,
): Promise<OpenStore> {
  const logger = createLoggerMock('bench');
  const store = wrap(openStoreAt(location));
  const service = createSavedObjectsService({
    store,
    logger,
    now: () => systemClock.now(),
    uuid: () => systemRandomness.uuid(),
  });
  for (const type of [
    userConnectorTokenType,
    connectorTokenType,
    oauthRevocationType,
    connectorProblemType,
    oauthStateType,
    oauthRateLimitType,
    userType,
  ]) {
    service.setup.registerType(type);
  }
  service.setup.registerEncryption(
    createTestEncryption([...tokenEncryption, revocationEncryption, oauthStateEncryption], keys),
  );
  const started = await service.start();
  const repository = started.createRepository({
    includedHiddenTypes: [
      USER_CONNECTOR_TOKEN_TYPE,
      CONNECTOR_TOKEN_TYPE,
      OAUTH_REVOCATION_TYPE,
      CONNECTOR_PROBLEM_TYPE,
      OAUTH_STATE_TYPE,
      OAUTH_RATE_LIMIT_TYPE,
      USER_TYPE,
    ],
  });
  const tokens = createTokens({
    repository,
    clients: CLIENTS,
    connectors: { find: async (id) => lookupOf(connectorOf(id)) },
    events: { emit: () => undefined },
    clock: systemClock,
    randomness: systemRandomness,
    instanceId: `bench-${process.pid}`,
    logger,
  });
  return {
    store,
    repository,
    tokens,
    clients: CLIENTS,
    connector: connectorOf,
    close: async () => {
      await tokens.stop(5_000);
      await service.stop();
    },
  };
}

/** Connector of grant number `index`. */
export function connectorIdOf(index: number): string {
  return index % 10 === 0 ? CONNECTORS.limited : CONNECTORS.unlimited;
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

/** Provider client that revokes ended grants. */
export const CONFIGURATION: OAuthClientConfiguration = {
  dialect: 'standard',
  authorizationEndpoint: 'https://idp.example.com/authorize',
  tokenEndpoint: 'https://idp.example.com/token',
  clientId: 'development-client',
  tokenEndpointAuthMethod: 'none',
};

function clientOf({ id }: Pick<DecryptedConnector, 'id'>): ProviderClient {
  const refuse = (): never => {
    throw new Error('not part of this benchmark');
  };
  return {
    authType: 'oauth_authorization_code',
    fingerprint: `fingerprint-${id}`,
    providerKey: 'bench',
    configuration: CONFIGURATION,
    defaultLifetimeSeconds: 3_600,
    idleLimitDays: id === CONNECTORS.limited ? IDLE_LIMIT_DAYS : undefined,
    ensureEndpointsAllowed: () => undefined,
    buildAuthorizationUrl: refuse,
    checkIssuer: () => undefined,
    exchangeCode: refuse,
    refresh: async () => ({
      accessToken: systemRandomness.bytes(120).toString('base64url'),
      tokenType: 'Bearer',
      refreshToken: systemRandomness.bytes(120).toString('base64url'),
      lifetimeSeconds: 86_400,
      refreshTokenLifetimeSeconds: undefined,
      scopes: undefined,
      account: undefined,
      receivedAt: new Date(),
      providerRequestId: undefined,
    }),
    revoke: async () => 'revoked',
    requestSharedToken: refuse,
  };
}

const CLIENTS: ProviderClientFactory = {
  forConnector: clientOf,
  resolveRevocationClient: clientOf,
  forConfiguration: () => clientOf({ id: CONNECTORS.unlimited }),
};
