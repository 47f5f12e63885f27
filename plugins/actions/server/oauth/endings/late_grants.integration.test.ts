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
      return inner.put(document, options);
    },
  });

/** Ana comes back from the provider, and something happens just before her grant is stored. */
async function comeBackWhile(act: () => Promise<void>): Promise<number> {
  isDemoted = false;
  bench = await createFlowBench({
    specs: [aFlowSpec('.strict', { revocationUrl: strict.revocationEndpoint })],
    missing: () => isDemoted,
    wrapStore,
  });
  await bench.create('files', anAppConnector('.strict', strict, strict.clients.basic));
  const person = aPerson();
  const { body } = await bench.start(person, 'files');
  const arrival = await walkConsent(body.authorizationUrl, {
    as: 'ana',
    stopAtOrigin: PUBLIC_BASE_URL,
  });
  strict.clearRequests();
  meanwhile = act;
  const { status } = await bench.arrive(person, arrival);
  expect(meanwhile).toBeUndefined();
  return status;
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
    const status = await comeBackWhile(async () => {
      const { secrets } = anAppConnector('.strict', strict, strict.clients.post, {
        tokenEndpointAuthMethod: 'client_secret_post',
      });
      const edited = await bench.as(aPerson(), {
        method: 'PUT',
        url: CONNECTOR,
        body: { name: 'files', secrets },
      });
      expect(edited.status).toBe(200);
    });
    expect(status).toBe(409);
    expect(await revoked()).toEqual([]);
    const clients = strict.requests({ endpoint: 'revoke' }).map(({ clientId }) => clientId);
    expect(new Set(clients)).toEqual(new Set([strict.clients.basic.clientId]));
    expect(await bench.statusOf(aPerson(), 'files')).toBe('needs_reauth');
  });
});
