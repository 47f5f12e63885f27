import { afterEach, describe, expect, it } from '@jest/globals';
import type { DocumentStore } from '@latchkey/saved-objects';
import type { ProviderClient } from '../../types.ts';
import { aConnector } from './rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from './tokens.mock.ts';

const HOUR_MS = 3_600_000;
const MAX_STEPS = 60;
const connector = aConnector();
const key = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;

let fixture: TokenFixture;
/** Called before every read and write of the store, and around every refresh at the provider. */
let step: () => Promise<void> = async () => undefined;
/** The client of the connector; an edit replaces it. */
let client: ProviderClient;
let accounts: 'same' | 'different';
let authorizations = 0;
/** `true`: the provider revokes at once. `false`: it fails until all work has finished. */
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
    revocationJobs: {
      formerClient: async (_connectorId, fingerprint) =>
        [1, 2, 3].map(clientNumber).find((known) => known.fingerprint === fingerprint),
      recordResult: async () => undefined,
    },
  });
}

type Act = (process: TokenProcess) => Promise<unknown>;

/** As in the last check of the callback: an edit in between ends the new grant. */
const authorize: Act = async ({ grants }) => {
  authorizations += 1;
  const id = accounts === 'same' ? 'ana' : `ana-${authorizations}`;
  const grant = fixture.provider.authorize({ account: { id, label: id } });
  const authorization = { client, generation: `authorization-${authorizations}` };
  await grants.saveGrant({ connector, profileUid: 'u_ana', grant, ...authorization });
  if (client.fingerprint === authorization.client.fingerprint) return;
  await grants.revokeGrantOf({
    connectorId: connector.id,
    profileUid: 'u_ana',
    reason: 'connector_changed',
    actor: undefined,
    authorization,
  });
};
const disconnect: Act = ({ grants }) =>
  grants.revokeGrantOf({
    connectorId: connector.id,
    profileUid: 'u_ana',
    reason: 'disconnect',
    actor: undefined,
  });
const edit: Act = async ({ grantRevoker, outbox }) => {
  const former = client;
  client = clientNumber(former.fingerprint === 'fp-1' ? 2 : 3);
  await grantRevoker.end({
    key,
    reason: 'connector_changed',
    actor: undefined,
    matches: ({ clientFingerprint }) => clientFingerprint === former.fingerprint,
    resolveRevocationClient: async () => former,
  });
  await outbox.attempt(key);
};
const refresh: Act = ({ tokens }) =>
  tokens.getToken({ connector, profileUid: 'u_ana' }).catch(() => undefined);
const both =
  (first: Act, second: Act): Act =>
  async (process) => {
    await first(process);
    await second(process);
  };

const VICTIMS: Readonly<Record<string, Act>> = {
  'a refresh': refresh,
  'an authorization': authorize,
  'a disconnect': disconnect,
  'an edit': edit,
};
const INTRUDERS: Readonly<Record<string, Act>> = {
  'a disconnect': disconnect,
  'a refresh': refresh,
  'an authorization': authorize,
  'a disconnect and an authorization': both(disconnect, authorize),
  'an authorization and a disconnect': both(authorize, disconnect),
  'an edit': edit,
  'an edit and an authorization': both(edit, authorize),
};

/** Advances the clock until the promise settles. */
async function settle(promise: Promise<unknown>): Promise<void> {
  let isDone = false;
  const watched = promise.finally(() => {
    isDone = true;
  });
  watched.catch(() => undefined);
  for (let turn = 0; turn < 400 && !isDone; turn += 1) await fixture.clock.advance(250);
  await watched;
}

/**
 * Interrupts the victim at its n-th step by the complete intruder, then lets all work finish.
 * @returns `true` if the victim has that many steps
 */
async function interruptAt(n: number, victim: Act, intruder: Act): Promise<boolean> {
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
    await intruder(two);
    isInside = false;
  };
  const all = victim(one).then(() => one.stop(60_000));
  await settle(all);
  step = async () => undefined;
  await settle(two.stop(60_000));
  fixture.provider.revokeOutcome = 'revoked';
  for (let turn = 0; turn < 2; turn += 1) {
    await fixture.clock.advance(HOUR_MS);
    await one.outbox.workOff(AbortSignal.timeout(10_000));
  }
  return steps >= n;
}

async function expectConsistency(): Promise<void> {
  const { connections, store } = aProcess();
  const view = (await connections.ofUser('u_ana', [connector])).get(connector.id);
  // `needs_reauth`: an edit ended the grant, and its owner is told.
  expect(['connected', 'expiring', 'not_connected', 'needs_reauth']).toContain(view?.status);
  const stored = (await store.read(key))?.refreshToken;
  expect(stored !== undefined).toBe(view?.status === 'connected' || view?.status === 'expiring');
  expect(fixture.provider.reuseDetected).toBe(0);
  if (stored !== undefined) expect(fixture.provider.isAlive(stored)).toBe(true);
  // A new authorization of the same account keeps the earlier tokens until it ends.
  if (accounts === 'different' || stored === undefined)
    expect(fixture.provider.aliveTokens).toEqual(stored === undefined ? [] : [stored]);
  const process = aProcess();
  await settle(disconnect(process));
  await process.outbox.workOff(AbortSignal.timeout(10_000));
  expect(fixture.provider.aliveTokens).toEqual([]);
}

describe.each([
  ['same', true],
  ['same', false],
  ['different', true],
  ['different', false],
] as const)('with authorizations of the %s account, revoked at once: %p', (whose, isRevoked) => {
  const cases = Object.keys(VICTIMS).flatMap((victim) =>
    Object.keys(INTRUDERS)
      // An operation that waits for the other's lease; see refresh_interleavings.test.ts.
      .filter((intruder) => victim !== 'a refresh' || intruder !== 'a refresh')
      .map((intruder) => [victim, intruder] as const),
  );
  it.each(cases)(
    'H110: %s interrupted at any step by %s leaves a grant that works, or nothing anywhere',
    async (victimName, intruderName) => {
      [accounts, canRevoke] = [whose, isRevoked];
      const [victim, intruder] = [VICTIMS[victimName], INTRUDERS[intruderName]];
      if (victim === undefined || intruder === undefined) throw new Error('no such act');
      let n = 1;
      while (await interruptAt(n, victim, intruder)) {
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
});
