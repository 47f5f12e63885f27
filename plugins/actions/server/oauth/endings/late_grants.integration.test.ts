import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type StrictStandIn, startStrict, walkConsent } from '@latchkey/dev-providers';
import type { DocumentStore } from '@latchkey/saved-objects';
import {
  aFlowSpec,
  anAppConnector,
  aPerson,
  createFlowBench,
  type FlowBench,
  PUBLIC_BASE_URL,
  withMethods,
} from '../flow/flow_bench.mock.ts';

const CONNECTOR = '/api/actions/connector/files';

let strict: StrictStandIn;
let bench: FlowBench;
/** Runs once, right before the grant of a callback is written. */
let meanwhile: (() => Promise<void>) | undefined;
/** Runs once, right after the grant of a callback was written. */
let afterwards: (() => Promise<void>) | undefined;
let isDemoted = false;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
afterEach(() => bench.close());

const wrapStore = (inner: DocumentStore): DocumentStore =>
  withMethods(inner, {
    put: async (document, options) => {
      const act = meanwhile;
      if (act !== undefined && document.attributes['status'] === 'connected') {
        meanwhile = undefined;
        await act();
      }
      const stored = await inner.put(document, options);
      const follow = afterwards;
      if (follow !== undefined && document.attributes['status'] === 'connected') {
        afterwards = undefined;
        await follow();
      }
      return stored;
    },
  });

/** Ana returns from the provider, and `act` runs just before or after her grant is stored. */
async function comeBackWhile(
  act: () => Promise<void>,
  when: 'before' | 'after' = 'before',
): Promise<number> {
  isDemoted = false;
  bench = await createFlowBench({
    specs: [aFlowSpec('.strict', { revocationUrl: strict.revocationEndpoint })],
    missing: () => isDemoted,
    wrapStore,
  });
  await bench.create('files', anAppConnector('.strict', strict, strict.clients.basic));
  const { person, arrival } = await consent();
  strict.clearRequests();
  if (when === 'before') meanwhile = act;
  else afterwards = act;
  const { status } = await bench.arrive(person, arrival);
  expect([meanwhile, afterwards]).toEqual([undefined, undefined]);
  return status;
}

/** Ana returns from the provider. */
async function consent() {
  const person = aPerson();
  const { body } = await bench.start(person, 'files');
  const arrival = await walkConsent(body.authorizationUrl, {
    as: 'ana',
    stopAtOrigin: PUBLIC_BASE_URL,
  });
  return { person, arrival };
}

/** An administrator changes the connector's OAuth client. */
async function changeClient(): Promise<void> {
  const { secrets } = anAppConnector('.strict', strict, strict.clients.post, {
    tokenEndpointAuthMethod: 'client_secret_post',
  });
  const body = { name: 'files', secrets };
  const edited = await bench.as(aPerson(), { method: 'PUT', url: CONNECTOR, body });
  expect(edited.status).toBe(200);
}

const revoked = async () => {
  while (strict.isGrantAlive('ana')) await new Promise((resolve) => setTimeout(resolve, 5));
  const left = (await bench.dump()).map((row) => JSON.stringify(row));
  return left.filter((row) => row.includes('"credentials":'));
};

describe('a grant that is stored after the run which ended the others', () => {
  it('H115: is taken back when the connector was deleted', async () => {
    const status = await comeBackWhile(async () => {
      const gone = await bench.as(aPerson(), { method: 'DELETE', url: CONNECTOR });
      expect(gone.status).toBe(204);
    });
    expect(status).toBe(404);
    expect(await revoked()).toEqual([]);
  });

  it.each([
    ['disabled or deleted', async () => bench.setPeople([])],
    [
      'demoted',
      async () => {
        isDemoted = true;
      },
    ],
  ])('F79: is taken back when its owner was %s', async (_what, leave) => {
    expect(await comeBackWhile(leave)).toBe(403);
    expect(await revoked()).toEqual([]);
    expect(strict.requests({ endpoint: 'revoke' })).toHaveLength(2);
  });

  it('H114: is taken back, by the client that it was made for, when the connector got another one', async () => {
    const status = await comeBackWhile(changeClient);
    expect(status).toBe(409);
    expect(await revoked()).toEqual([]);
    const clients = strict.requests({ endpoint: 'revoke' }).map(({ clientId }) => clientId);
    expect(new Set(clients)).toEqual(new Set([strict.clients.basic.clientId]));
    expect(await bench.statusOf(aPerson(), 'files')).toBe('needs_reauth');
  });

  it('H114: keeps the grant that its owner authorized for the changed connector meanwhile', async () => {
    const status = await comeBackWhile(async () => {
      await changeClient();
      const { person, arrival } = await consent();
      expect((await bench.arrive(person, arrival)).status).toBe(200);
    }, 'after');
    expect(status).toBe(409);
    expect(await bench.statusOf(aPerson(), 'files')).toBe('connected');
    expect(strict.isGrantAlive('ana')).toBe(true);
  });
});
