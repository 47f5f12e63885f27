import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { USER_CONNECTOR_TOKEN_TYPE } from '../tokens/index.ts';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
  withMethods,
} from './flow_fixture.mock.ts';

const CONNECTOR = '/api/actions/connector/files';
const CONNECTOR_TYPE = 'action';

let strict: FakeOAuthServer;
let fixture: FlowFixture;
/** Called once, immediately before the callback stores the grant. */
let beforeStored: () => Promise<void>;
/** Type whose documents cannot be read or written since the grant was stored. */
let unavailableType: string | undefined;
let isStored: boolean;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
beforeEach(async () => {
  strict.clearRequests();
  strict.revokeGrant('ana');
  beforeStored = async () => undefined;
  unavailableType = undefined;
  isStored = false;
  fixture = await createFlowFixture({
    specs: [aFlowSpec('.strict', { revocationUrl: strict.revocationEndpoint })],
    wrapStore,
  });
  await fixture.create('files', anAppConnector('.strict', strict, strict.clients.basic));
});
afterEach(() => fixture.close());

/** Interrupts the check: from the write of the grant on, one type is not available. */
function wrapStore(inner: DocumentStore): DocumentStore {
  const ensureAvailable = (type: string) => {
    if (isStored && type === unavailableType) throw new StoreError('unavailable', 'for the test');
  };
  return withMethods(inner, {
    getMany: async (keys, type) => {
      ensureAvailable(type);
      return inner.getMany(keys, type);
    },
    put: async (document, options) => {
      ensureAvailable(document.type);
      if (isStored || document.attributes['status'] !== 'connected')
        return inner.put(document, options);
      await beforeStored();
      const stored = await inner.put(document, options);
      isStored = true;
      return stored;
    },
  });
}

/** Authorizes the connector as Ana. */
async function authorize(): Promise<number> {
  const testUser = aTestUser();
  const { body } = await fixture.start(testUser, 'files');
  const arrival = await walkConsent(body.authorizationUrl, {
    as: 'ana',
    stopAtOrigin: PUBLIC_BASE_URL,
  });
  return (await fixture.arrive(testUser, arrival)).status;
}

/** Changes the OAuth client of the connector, as an administrator would. */
async function changeClient(): Promise<void> {
  const { secrets } = anAppConnector('.strict', strict, strict.clients.post, {
    tokenEndpointAuthMethod: 'client_secret_post',
  });
  const body = { name: 'files', secrets };
  const edited = await fixture.as(aTestUser(), { method: 'PUT', url: CONNECTOR, body });
  expect(edited.status).toBe(200);
}

async function deleteConnector(): Promise<void> {
  const deleted = await fixture.as(aTestUser(), { method: 'DELETE', url: CONNECTOR });
  expect(deleted.status).toBe(204);
}

/** Makes the store available again, and runs the task after a minute. */
async function runTask(): Promise<void> {
  unavailableType = undefined;
  await fixture.clock.advance(60_000);
  await fixture.tasks.run('actions:revocation_outbox');
}

const storedGrants = async () =>
  (await fixture.dump())
    .map((row) => JSON.stringify(row))
    .filter((row) => row.startsWith(`{"key":"${USER_CONNECTOR_TOKEN_TYPE}:`))
    .join();
const revokingClients = () =>
  new Set(strict.requests({ endpoint: 'revoke' }).map(({ clientId }) => clientId));

describe('a grant that could not be checked after it was stored', () => {
  it.each([
    ['edited', changeClient],
    ['deleted', deleteConnector],
  ])(
    'H114, H115: is revoked a minute later with its own client when the connector was %s',
    async (_what, change) => {
      beforeStored = change;
      unavailableType = CONNECTOR_TYPE;
      expect(await authorize()).toBe(200);
      expect(strict.isGrantAlive('ana')).toBe(true);
      await runTask();
      expect(strict.isGrantAlive('ana')).toBe(false);
      expect(revokingClients()).toEqual(new Set([strict.clients.basic.clientId]));
      expect(await storedGrants()).not.toMatch(/"credentials":|unchecked/);
    },
  );

  it('F79: is revoked a minute later when its user was removed', async () => {
    beforeStored = async () => fixture.setUsers([]);
    unavailableType = CONNECTOR_TYPE;
    expect(await authorize()).toBe(200);
    await runTask();
    expect(strict.isGrantAlive('ana')).toBe(false);
    expect(await storedGrants()).not.toMatch(/"credentials":|unchecked/);
  });

  it('stays in use when connector and user are unchanged', async () => {
    unavailableType = CONNECTOR_TYPE;
    expect(await authorize()).toBe(200);
    expect(await storedGrants()).toContain('uncheckedSince');
    await runTask();
    expect(await fixture.statusOf(aTestUser(), 'files')).toBe('connected');
    expect(strict.requests({ endpoint: 'revoke' })).toEqual([]);
    expect(await storedGrants()).not.toContain('unchecked');
  });

  it('stays unchecked while the connector cannot be read', async () => {
    beforeStored = changeClient;
    unavailableType = CONNECTOR_TYPE;
    expect(await authorize()).toBe(200);
    await fixture.clock.advance(60_000);
    await fixture.tasks.run('actions:revocation_outbox');
    expect(await storedGrants()).toContain('uncheckedSince');
    await runTask();
    expect(strict.isGrantAlive('ana')).toBe(false);
  });
});

describe('the warning of a check that fails', () => {
  const warnings = () =>
    fixture.logger.lines.filter(({ message }) => message.includes('could not be checked'));

  it('is written once while the check fails each minute, and again after a check has passed', async () => {
    unavailableType = CONNECTOR_TYPE;
    expect(await authorize()).toBe(200);
    expect(warnings()).toMatchObject([{ level: 'warn' }]);
    for (const _ of [1, 2]) {
      await fixture.clock.advance(60_000);
      await fixture.tasks.run('actions:revocation_outbox');
    }
    expect(warnings()).toHaveLength(1);
    await runTask();
    isStored = false;
    unavailableType = CONNECTOR_TYPE;
    expect(await authorize()).toBe(200);
    expect(warnings()).toHaveLength(2);
  });
});

describe('a grant that was checked after it was stored', () => {
  it('has no mark', async () => {
    expect(await authorize()).toBe(200);
    expect(await storedGrants()).toContain('"status":"connected"');
    expect(await storedGrants()).not.toContain('unchecked');
  });

  it('is checked again when its mark could not be removed', async () => {
    unavailableType = USER_CONNECTOR_TOKEN_TYPE;
    expect(await authorize()).toBe(200);
    expect(await storedGrants()).toContain('uncheckedSince');
    await runTask();
    expect(await fixture.statusOf(aTestUser(), 'files')).toBe('connected');
    expect(await storedGrants()).not.toContain('unchecked');
  });
});
