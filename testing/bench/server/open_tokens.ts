import { connectorSpecs } from '@latchkey/connector-specs';
import { systemClock, systemRandomness } from '@latchkey/core/server';
import { createLoggerMock } from '@latchkey/core/server/mocks';
import { createEgress } from '@latchkey/egress';
import { createTestEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import { createSavedObjectsService, type SavedObjectsRepository } from '@latchkey/saved-objects';
import { openStoreAt, type StoreLocation } from '@latchkey/test-environment';
import {
  type DecryptedConnector,
  lookupOf,
} from '../../../plugins/actions/server/connector_data/index.ts';
// The benchmark imports one capability from inside the plugin. Plugins must not do that.
import {
  CONNECTOR_SO_TYPE,
  connectorEncryption,
  connectorSoType,
} from '../../../plugins/actions/server/connectors/index.ts';
import {
  createProviderClients,
  type ProviderClientFactory,
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
import { type BenchConnector, CONNECTOR_TYPE, FIXTURE_ENCRYPTION_KEY } from './bench_connector.ts';

/** The token capability on a store, without a server. */
export interface OpenTokens {
  readonly tokens: Tokens;
  /** Accesses tokens, connectors and users. */
  readonly repository: SavedObjectsRepository;
  readonly clients: ProviderClientFactory;
  readonly connector: DecryptedConnector;
  close(): Promise<void>;
}

/** Opens a store with the real saved-objects service, encryption and token services. */
export async function openTokens(
  location: StoreLocation,
  { id, config, secrets }: BenchConnector,
): Promise<OpenTokens> {
  const logger = createLoggerMock('bench');
  const service = createSavedObjectsService({
    store: openStoreAt(location),
    logger,
    now: () => systemClock.now(),
    uuid: () => systemRandomness.uuid(),
  });
  const types = [
    userConnectorTokenType,
    connectorTokenType,
    oauthRevocationType,
    connectorProblemType,
    connectorSoType,
    userType,
  ];
  for (const type of types) service.setup.registerType(type);
  service.setup.registerEncryption(
    createTestEncryption([...tokenEncryption, revocationEncryption, connectorEncryption], {
      primary: FIXTURE_ENCRYPTION_KEY,
    }),
  );
  const started = await service.start();
  const egress = createEgress({
    allowedHosts: ['127.0.0.1'],
    dangerouslyAllowHttp: true,
    hostOverrides: {},
    customHostSettings: [],
    verificationMode: 'full',
    maxResponseBytes: 1024 * 1024,
    timeoutMs: 10_000,
  });
  const clients = createProviderClients({
    egress,
    ears: undefined,
    trustedRevocationOrigins: new Set(),
    findProviderEntry: (typeId) => connectorSpecs.find(({ metadata }) => metadata.id === typeId),
    now: () => new Date(systemClock.now()),
    logger,
  });
  const connector: DecryptedConnector = {
    id,
    spaceId: 'default',
    name: 'Bench',
    connectorTypeId: CONNECTOR_TYPE,
    config,
    secrets,
    authType: 'oauth_authorization_code',
    authMode: 'per-user',
    version: '1',
  };
  const repository = started.createRepository({
    includedHiddenTypes: [
      USER_CONNECTOR_TOKEN_TYPE,
      CONNECTOR_TOKEN_TYPE,
      OAUTH_REVOCATION_TYPE,
      CONNECTOR_PROBLEM_TYPE,
      CONNECTOR_SO_TYPE,
      USER_TYPE,
    ],
  });
  const tokens = createTokens({
    repository,
    clients,
    connectors: { find: async () => lookupOf(connector) },
    events: { emit: () => undefined },
    clock: systemClock,
    randomness: systemRandomness,
    instanceId: 'bench',
    logger,
  });
  return {
    tokens,
    repository,
    clients,
    connector,
    close: async () => {
      await tokens.stop(1_000);
      await egress.close();
      await service.stop();
    },
  };
}
