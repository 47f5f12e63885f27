import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLoggerMock, ManualClock, seededRandomness } from '@latchkey/core/server/mocks';
import type { SavedObject, SavedObjectsRepository } from '@latchkey/saved-objects';
import { expect, it } from 'vitest';
import { lookupOf } from '../../connector_data/index.ts';
import type { UserConnectorTokenAttributes } from './grants/token_types.ts';
import { createTokens, USER_CONNECTOR_TOKEN_TYPE } from './index.ts';
import { aConnector, RotatingProvider } from './rotating_provider.mock.ts';

const KEYS = 100_000;
/**
 * Maximum growth of the heap. An entry per key with its name would need more than twice as much.
 */
const MAX_GROWTH_MB = 8;
const HOUR_MS = 60 * 60_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapMb(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

/**
 * Creates a fake store that returns a fresh grant for every user and keeps none, so that all memory
 * in use belongs to the token services.
 */
function grantsOfAllUsers(clock: ManualClock): SavedObjectsRepository {
  const at = new Date(clock.now()).toISOString();
  const attributes: UserConnectorTokenAttributes = {
    profileUid: 'u_anybody',
    connectorId: 'connector-1',
    credentialType: 'oauth',
    credentials: { accessToken: 'Bearer development-token', refreshToken: 'development-refresh' },
    grantGeneration: 'g',
    clientFingerprint: 'fp-1',
    spaceId: 'default',
    status: 'connected',
    statusSince: at,
    failures: 0,
    issuedAt: at,
    expiresAt: new Date(clock.now() + HOUR_MS).toISOString(),
    createdAt: at,
    updatedAt: at,
  };
  const row = (id: string): SavedObject<UserConnectorTokenAttributes> => ({
    type: USER_CONNECTOR_TOKEN_TYPE,
    id,
    namespace: undefined,
    attributes,
    references: [],
    version: '1',
    createdAt: new Date(clock.now()),
    updatedAt: new Date(clock.now()),
  });
  const repository: Partial<Record<keyof SavedObjectsRepository, unknown>> = {
    getIfExists: async (_type: string, id: string) => row(id),
    update: async (_type: string, id: string) => row(id),
  };
  return repository as unknown as SavedObjectsRepository;
}

it('G107: the refresher keeps no entries in memory for 100,000 grants that were not refreshed', async () => {
  const clock = new ManualClock();
  const connector = aConnector();
  const { tokens, refresher } = createTokens({
    repository: grantsOfAllUsers(clock),
    clients: new RotatingProvider(() => new Date(clock.now())).clients(),
    connectors: { find: async () => lookupOf(connector) },
    events: { emit: () => undefined },
    clock,
    randomness: seededRandomness('idle'),
    instanceId: 'process-1',
    logger: createLoggerMock('tokens'),
  });
  const use = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n += 1)
      await tokens.getToken({ connector, profileUid: `u_user_with_a_long_name_${n}` });
  };
  await use(0, 5_000);
  const before = heapMb();
  await use(5_000, 5_000 + KEYS);
  expect(heapMb() - before).toBeLessThan(MAX_GROWTH_MB);
  expect(refresher.running).toBe(0);
});
