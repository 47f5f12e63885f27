import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type StrictStandIn, startStrict, walkConsent } from '@latchkey/dev-providers';
import {
  aFlowSpec,
  anAppConnector,
  aPerson,
  ben,
  createFlowBench,
  type FlowBench,
  type Person,
  PUBLIC_BASE_URL,
} from './flow_bench.mock.ts';

let strict: StrictStandIn;
let bench: FlowBench;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
beforeEach(async () => {
  strict.clearRequests();
  strict.clearFaults();
  strict.revokeGrant('ana');
  strict.revokeGrant('ben');
  const facts = { revocationUrl: strict.revocationEndpoint };
  bench = await createFlowBench({ specs: [aFlowSpec('.strict', facts)] });
  for (const id of ['files', 'other'])
    await bench.create(id, anAppConnector('.strict', strict, strict.clients.basic));
});
afterEach(() => bench.close());

const NOT_FOUND = { status: 404, body: { attributes: { code: 'not_found' } } };
const walk = (authorizationUrl: string, as: 'ana' | 'ben') =>
  walkConsent(authorizationUrl, { as, stopAtOrigin: PUBLIC_BASE_URL });
const connect = async (person: Person, as: 'ana' | 'ben' = 'ana') => {
  const { body } = await bench.start(person, 'files');
  const page = await bench.arrive(person, await walk(body.authorizationUrl, as));
  expect(page.status).toBe(200);
};
const revocations = () => strict.requests({ endpoint: 'revoke' });

/** Replaces the secrets of a connector behind the server's back. */
const damage = async (id: string) => {
  const [row] = await bench.store.getMany([`action:${id}`], 'action');
  if (row === undefined) throw new Error('no row');
  const { version: _, ...document } = row;
  await bench.store.put({
    ...document,
    attributes: { ...document.attributes, secrets: 'damaged' },
  });
};

describe('cancelling', () => {
  it('ends the flow, and writes one audit event', async () => {
    const person = aPerson();
    const { body } = await bench.start(person, 'files');
    const arrival = await walk(body.authorizationUrl, 'ana');
    const before = bench.audit.events.length;
    expect((await bench.cancel(person, 'files', body.state)).status).toBe(204);
    expect(
      bench.audit.events.slice(before).map(({ action, errorCode }) => [action, errorCode]),
    ).toEqual([['connector_oauth_connect', 'cancelled']]);
    expect((await bench.arrive(person, arrival)).status).toBe(400);
    expect(strict.tokenRequests()).toEqual([]);
  });

  it('is done once, and answers the same ever after', async () => {
    const person = aPerson();
    const { body } = await bench.start(person, 'files');
    await bench.cancel(person, 'files', body.state);
    const before = bench.audit.events.length;
    expect((await bench.cancel(person, 'files', body.state)).status).toBe(204);
    expect((await bench.cancel(person, 'files', 'never-given-out')).status).toBe(204);
    expect(bench.audit.events).toHaveLength(before);
  });

  it("B38: is refused for somebody else's flow, which goes on", async () => {
    const person = aPerson();
    const { body } = await bench.start(person, 'files');
    expect((await bench.cancel(aPerson(ben), 'files', body.state)).status).toBe(403);
    expect((await bench.arrive(person, await walk(body.authorizationUrl, 'ana'))).status).toBe(200);
  });

  it('leaves the flow of another connector alone, whose state was right', async () => {
    const person = aPerson();
    const { body } = await bench.start(person, 'files');
    expect((await bench.cancel(person, 'other', body.state)).status).toBe(204);
    expect(await bench.statusOf(person, 'files')).toBe('pending');
    expect((await bench.arrive(person, await walk(body.authorizationUrl, 'ana'))).status).toBe(200);
  });

  it('does not undo a flow that was finished', async () => {
    const person = aPerson();
    const { body } = await bench.start(person, 'files');
    await bench.arrive(person, await walk(body.authorizationUrl, 'ana'));
    expect((await bench.cancel(person, 'files', body.state)).status).toBe(204);
    expect(await bench.statusOf(person, 'files')).toBe('connected');
  });

  it('needs a person, the privilege and the connector', async () => {
    expect((await bench.cancel(aPerson(null), 'files', 's')).status).toBe(401);
    expect(await bench.cancel(aPerson(), 'nowhere', 's')).toMatchObject(NOT_FOUND);
  });
});

describe('disconnecting', () => {
  it('ends the grant here and at the provider, refresh token first, for the caller alone', async () => {
    const [person, other] = [aPerson(), aPerson(ben)];
    await connect(person);
    await connect(other, 'ben');
    expect((await bench.disconnect(person, 'files')).status).toBe(204);
    expect(await bench.statusOf(person, 'files')).toBe('not_connected');
    expect(await bench.statusOf(other, 'files')).toBe('connected');
    expect(strict.isGrantAlive('ana')).toBe(false);
    expect(strict.isGrantAlive('ben')).toBe(true);
    expect(revocations().map(({ status }) => status)).toEqual([200, 200]);
  });

  it('answers within seconds although the provider does not, and says that revocation is pending', async () => {
    const person = aPerson();
    await connect(person);
    strict.failNext({ endpoint: 'revoke', fault: { kind: 'hang' } });
    let isAnswered = false;
    const answer = bench.disconnect(person, 'files').finally(() => {
      isAnswered = true;
    });
    while (revocations().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.clock.advance(2999);
    expect(isAnswered).toBe(false);
    await bench.clock.advance(1);
    expect((await answer).status).toBe(204);
    expect(await bench.statusOf(person, 'files')).toBe('revocation_pending');
    // Stopping the server does not wait for that provider either.
    let isClosed = false;
    const closing = bench.close().finally(() => {
      isClosed = true;
    });
    while (!isClosed) await bench.clock.advance(1000);
    await closing;
  });

  it('D55: works though nobody can read the secrets of the connector, and starting says who must act', async () => {
    const person = aPerson();
    await connect(person);
    const { body: started } = await bench.start(person, 'other');
    for (const id of ['files', 'other']) await damage(id);
    expect(await bench.start(person, 'files')).toMatchObject({
      status: 500,
      body: {
        message: expect.stringContaining('An administrator must enter them again'),
        attributes: { code: 'secrets_undecryptable' },
      },
    });
    expect((await bench.cancel(person, 'other', started.state)).status).toBe(204);
    expect((await bench.disconnect(person, 'files')).status).toBe(204);
    expect(await bench.statusOf(person, 'files')).toBe('not_connected');
  });

  it('tells nobody of a grant that never was', async () => {
    expect((await bench.disconnect(aPerson(), 'files')).status).toBe(204);
    expect(revocations()).toEqual([]);
    expect(await bench.disconnect(aPerson(), 'nowhere')).toMatchObject(NOT_FOUND);
    expect((await bench.disconnect(aPerson(null), 'files')).status).toBe(401);
  });

  it('is refused to other sites', async () => {
    const url = '/internal/actions/connector/files/_oauth_disconnect';
    const answer = await bench.as(aPerson(), { method: 'POST', url, defaultHeaders: false });
    expect(answer.status).toBe(400);
  });
});
