import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type StrictStandIn, startStrict, walkConsent } from '@latchkey/dev-providers';
import {
  aFlowSpec,
  anAppConnector,
  aPerson,
  createFlowBench,
  type FlowBench,
  type Person,
  PUBLIC_BASE_URL,
} from './flow_bench.mock.ts';

let strict: StrictStandIn;
let bench: FlowBench;
let person: Person;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
beforeEach(async () => {
  person = aPerson();
  bench = await createFlowBench({ specs: [aFlowSpec('.strict')] });
  await bench.create('files', app('files.read offline_access'));
});
afterEach(() => bench.close());

const app = (scope: string) => anAppConnector('.strict', strict, strict.clients.basic, { scope });
const widen = (scope: string) =>
  bench.as(aPerson(), {
    method: 'PUT',
    url: '/api/actions/connector/files',
    body: { name: 'files', secrets: app(scope).secrets },
  });
const approach = async () => {
  const { body } = await bench.start(person, 'files');
  const options = { as: 'ana', stopAtOrigin: PUBLIC_BASE_URL } as const;
  return walkConsent(body.authorizationUrl, options);
};
const connect = async () => expect((await bench.arrive(person, await approach())).status).toBe(200);
const status = async () => {
  const { body } = await bench.as<Record<string, object>>(person, {
    method: 'POST',
    url: '/internal/actions/connectors/_me/auth_status',
  });
  return body['files'];
};
const asAdministratorSees = async () => {
  const url = '/api/actions/connector/files/grants';
  const { body } = await bench.as<{ grants: object[] }>(aPerson(), { method: 'GET', url });
  return body.grants;
};

describe('a scope that a connector asks for later', () => {
  it('is named as missing until the user authorizes again, and nobody is disconnected', async () => {
    await connect();
    expect(await status()).not.toHaveProperty('missing_scopes');
    const edited = await widen('files.read email offline_access');
    expect(edited.body).not.toHaveProperty('disconnected_users');
    const hint = { connection_status: 'connected', missing_scopes: ['email'] };
    expect(await status()).toMatchObject({ user_auth_status: 'connected', ...hint });
    expect(await asAdministratorSees()).toEqual([expect.objectContaining(hint)]);
    await connect();
    expect(await status()).toMatchObject({ connection_status: 'connected' });
    expect(await status()).not.toHaveProperty('missing_scopes');
  });

  it('is missing as well when the edit came while the user was at the provider', async () => {
    const arrival = await approach();
    await widen('files.read profile offline_access');
    expect((await bench.arrive(person, arrival)).status).toBe(200);
    expect(await status()).toMatchObject({ missing_scopes: ['profile'] });
  });

  it('is not missing when the connector no longer asks for it', async () => {
    await connect();
    await widen('files.read email');
    await widen('files.read');
    expect(await status()).not.toHaveProperty('missing_scopes');
  });

  it('is not missing in a connection that has to be renewed anyway', async () => {
    await connect();
    await widen('files.read email');
    await bench.disconnect(person, 'files');
    expect(await status()).not.toHaveProperty('missing_scopes');
  });
});
