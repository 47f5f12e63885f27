import type { DocumentStore } from '@latchkey/saved-objects';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProviderClient } from '../strategies/index.ts';
import { OutdatedClientError } from './grants/token_errors.ts';
import { aConnector } from './rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from './tokens.mock.ts';

const HOUR_MS = 3_600_000;
const MAX_STEPS = 60;
const connector = aConnector();
const key = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;

let fixture: TokenFixture;
/**
 * Function that is called before every read and write of the store, and before and after every
 * refresh at the provider.
 */
let step: () => Promise<void> = async () => undefined;
/** Current client of the connector. An edit replaces it. */
let client: ProviderClient;
let accounts: 'same' | 'different';
let authorizations = 0;
/**
 * `true`: the provider revokes immediately. `false`: revocations fail until all operations have
 * ended.
 */
let canRevoke = true;
afterEach(() => fixture.close());

function withSteps(inner: DocumentStore): DocumentStore {
  return {
    ...inner,
    getMany: async (keys, type) => {
      await step();
      return inner.getMany(keys, type);
    },
    put: async (document, options) => {
      await step();
      return inner.put(document, options);
    },
    delete: async (id, type, options) => {
      await step();
      return inner.delete(id, type, options);
    },
  };
}

function clientNumber(number: number): ProviderClient {
  const { configuration } = fixture.provider.client();
  if (configuration.dialect === 'ears') throw new TypeError('not an EARS client');
  const clientId = `development-client-${number}`;
  return fixture.provider.client({
    fingerprint: `fp-${number}`,
    configuration: { ...configuration, clientId },
  });
}

function aProcess(): TokenProcess {
  const { forConfiguration } = fixture.provider.clients();
  return fixture.process({
    connector,
    clients: {
      forConnector: () => client,
      resolveRevocationClient: () => client,
      forConfiguration,
    },
    formerClients: {
      find: async (_connectorId, fingerprint) =>
        [1, 2, 3].map(clientNumber).find((known) => known.fingerprint === fingerprint),
    },
  });
}

type Operation = (process: TokenProcess) => Promise<unknown>;

/**
 * Authorizes as the callback does: an edit during the authorization ends the new grant. Tokens that
 * are not stored, because a grant of a later client exists, are revoked.
 */
const authorize: Operation = async ({ grants, grantRevoker }) => {
  authorizations += 1;
  const id = accounts === 'same' ? 'ana' : `ana-${authorizations}`;
  const grant = fixture.provider.authorize({ account: { id, label: id } });
  const authorization = { client, generation: `authorization-${authorizations}` };
  const fresh = { connector, profileUid: 'u_ana', ...authorization };
  try {
    await grants.saveGrant({ ...fresh, grant });
  } catch (error) {
    if (!(error instanceof OutdatedClientError)) throw error;
    const { accessToken, refreshToken, account } = grant;
    const tokens = { accessToken, refreshToken };
    await grants.revokeUnused({ ...fresh, tokens, accountId: account?.id });
    return;
  }
  if (client.fingerprint === authorization.client.fingerprint) return;
  await grantRevoker.revokeNow({
    connectorId: connector.id,
    profileUid: 'u_ana',
    reason: 'connector_changed',
    actor: undefined,
    authorization,
  });
};
const disconnect: Operation = ({ grantRevoker }) =>
  grantRevoker.revokeNow({
    connectorId: connector.id,
    profileUid: 'u_ana',
    reason: 'disconnect',
    actor: undefined,
  });
const edit: Operation = async ({ grantRevoker, outbox }) => {
  const former = client;
  client = clientNumber(former.fingerprint === 'fp-1' ? 2 : 3);
  await grantRevoker.revoke({
    key,
    reason: 'connector_changed',
    actor: undefined,
    matches: ({ clientFingerprint }) => clientFingerprint === former.fingerprint,
    resolveClient: async () => former,
  });
  await outbox.attempt(key);
};
const refresh: Operation = ({ tokens }) =>
  tokens.getToken({ connector, profileUid: 'u_ana' }).catch(() => undefined);
const both =
  (first: Operation, second: Operation): Operation =>
  async (process) => {
    await first(process);
    await second(process);
  };

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'a refresh': refresh,
  'an authorization': authorize,
  'a disconnect': disconnect,
  'an edit': edit,
};
const INTERRUPTIONS: Readonly<Record<string, Operation>> = {
  'a disconnect': disconnect,
  'a refresh': refresh,
  'an authorization': authorize,
  'a disconnect and an authorization': both(disconnect, authorize),
  'an authorization and a disconnect': both(authorize, disconnect),
  'an edit': edit,
  'an edit and an authorization': both(edit, authorize),
};

/** Advances the clock until the promise settles. */
async function advanceUntilSettled(promise: Promise<unknown>): Promise<void> {
  let isDone = false;
  const observed = promise.finally(() => {
    isDone = true;
  });
  observed.catch(() => undefined);
  for (let turn = 0; turn < 400 && !isDone; turn += 1) await fixture.clock.advance(250);
  await observed;
}

/**
 * Executes the operation, and at its n-th step executes the other operation from start to end. Then
 * waits until all work has ended.
 * @returns `true` if the operation has at least n steps
 */
async function interruptAt(
  n: number,
  operation: Operation,
  interruption: Operation,
): Promise<boolean> {
  fixture = await createTokenFixture({ wrapStore: withSteps });
  fixture.provider.before = () => step();
  fixture.provider.after = () => step();
  fixture.provider.beforeRevoke = () => step();
  fixture.provider.revokeOutcome = canRevoke ? 'revoked' : 'failed_transient';
  client = clientNumber(1);
  const [one, two] = [aProcess(), aProcess()];
  await authorize(one);
  await fixture.clock.advance(HOUR_MS);
  let [steps, isInside] = [0, false];
  step = async () => {
    if (isInside) return;
    steps += 1;
    if (steps !== n) return;
    isInside = true;
    await interruption(two);
    isInside = false;
  };
  const all = operation(one).then(() => one.stop(60_000));
  await advanceUntilSettled(all);
  step = async () => undefined;
  await advanceUntilSettled(two.stop(60_000));
  fixture.provider.revokeOutcome = 'revoked';
  for (let turn = 0; turn < 2; turn += 1) {
    await fixture.clock.advance(HOUR_MS);
    await one.outbox.processDue(new AbortController().signal);
  }
  return steps >= n;
}

async function expectConsistency(): Promise<void> {
  const { connections, store } = aProcess();
  const view = (await connections.ofUser('u_ana', [connector])).get(connector.id);
  // `needs_reauth`: an edit ended the grant, which the user can see.
  expect(['connected', 'expiring', 'not_connected', 'needs_reauth']).toContain(view?.status);
  const stored = (await store.read(key))?.refreshToken;
  expect(stored !== undefined).toBe(view?.status === 'connected' || view?.status === 'expiring');
  expect(fixture.provider.reuseDetected).toBe(0);
  if (stored !== undefined) expect(fixture.provider.isAlive(stored)).toBe(true);
  // After a new authorization with the same account, the earlier tokens stay valid until the new
  // grant ends.
  if (accounts === 'different' || stored === undefined)
    expect(fixture.provider.aliveTokens).toEqual(stored === undefined ? [] : [stored]);
  const process = aProcess();
  await advanceUntilSettled(disconnect(process));
  await process.outbox.processDue(new AbortController().signal);
  expect(fixture.provider.aliveTokens).toEqual([]);
}

describe.each([
  ['same', true],
  ['same', false],
  ['different', true],
  ['different', false],
] as const)(
  'grants of the %s account (superseded grants are revoked immediately: %o)',
  (whose, isRevoked) => {
    const cases = Object.keys(OPERATIONS).flatMap((operation) =>
      Object.keys(INTERRUPTIONS)
        // Two refreshes are tested in refresh_interleavings.test.ts, because the second waits for
        // the lease of the first.
        .filter((interruption) => operation !== 'a refresh' || interruption !== 'a refresh')
        .map((interruption) => [operation, interruption] as const),
    );
    it.each(cases)(
      'H110: %s, interrupted at any step by %s, leaves either a working grant or no valid token',
      async (operationName, interruptionName) => {
        [accounts, canRevoke] = [whose, isRevoked];
        const [operation, interruption] = [
          OPERATIONS[operationName],
          INTERRUPTIONS[interruptionName],
        ];
        if (operation === undefined || interruption === undefined)
          throw new Error('no such operation');
        let n = 1;
        while (await interruptAt(n, operation, interruption)) {
          try {
            await expectConsistency();
          } catch (error) {
            throw new Error(`Interrupted at step ${n}`, { cause: error });
          }
          await fixture.close();
          n += 1;
          expect(n).toBeLessThan(MAX_STEPS);
        }
        expect(n).toBeGreaterThan(3);
      },
    );
  },
);
