import type { HarnessRequest } from '@latchkey/core/server/harness';
import type { DocumentStore } from '@latchkey/saved-objects';
import { afterEach, expect, it } from 'vitest';
import {
  aFlowSpec,
  aTestUser,
  createFlowFixture,
  type FlowFixture,
  withMethods,
} from '../oauth/flow/flow_fixture.mock.ts';

let fixture: FlowFixture;
afterEach(() => fixture.close());

/** Store calls since the last reset, in order. */
const asked: string[] = [];

/** Wraps a store and records type and target of each call. */
const counted = (store: DocumentStore): DocumentStore =>
  withMethods(store, {
    getMany: (keys, type) => {
      asked.push(`getMany ${type} ${keys.length}`);
      return store.getMany(keys, type);
    },
    put: (document, options) => {
      asked.push(`put ${document.type}`);
      return store.put(document, options);
    },
    delete: (key, type, options) => {
      asked.push(`delete ${type}`);
      return store.delete(key, type, options);
    },
    search: (request) => {
      asked.push(`search ${request.types.join()}`);
      return store.search(request);
    },
    iterate: (request) => {
      asked.push(`iterate ${request.types.join()}`);
      return store.iterate(request);
    },
  });

/** Returns requests for all operations on one connector. */
const attempts = (id: string): readonly HarnessRequest[] => {
  const own = `/api/actions/connector/${id}`;
  const internal = `/internal/actions/connector/${id}`;
  return [
    { method: 'GET', url: own },
    { method: 'PUT', url: own, body: { name: 'mine now' } },
    { method: 'DELETE', url: own },
    { method: 'POST', url: `${own}/_execute`, body: { params: { subAction: 'noop' } } },
    { method: 'GET', url: `${own}/oauth/start` },
    { method: 'GET', url: `${own}/oauth/account_change` },
    { method: 'GET', url: `${own}/_account_change` },
    { method: 'POST', url: `${own}/_account_change`, body: { flow_id: 'x', decision: 'keep' } },
    { method: 'POST', url: `${internal}/_start_oauth_flow`, body: {} },
    { method: 'POST', url: `${internal}/_oauth_disconnect` },
    {
      method: 'POST',
      url: '/internal/actions/connectors/_me/auth_status',
      body: { connector_ids: [id] },
    },
  ];
};

/** Executes each operation, and returns status, headers, body and store calls. */
async function outcomesOf(id: string) {
  const outcomes = [];
  for (const request of attempts(id)) {
    asked.length = 0;
    const { status, text, headers } = await fixture.as(aTestUser(), request);
    outcomes.push({
      request: `${request.method} ${request.url}`,
      status,
      text,
      length: headers['content-length'],
      asked: [...asked],
    });
  }
  return outcomes;
}

it('F71: an unknown id and an id of another space cause the same store calls and the same response bytes', async () => {
  fixture = await createFlowFixture({ specs: [aFlowSpec('.probe')], wrapStore: counted });
  // The first requests create documents that exist afterwards, such as a counter of attempts.
  await outcomesOf('warm-up');
  const absent = await outcomesOf('guessed');
  const secrets = {
    authType: 'oauth_authorization_code',
    authorizationUrl: 'https://127.0.0.1/authorize',
    tokenUrl: 'https://127.0.0.1/token',
    clientId: 'development-client',
    clientSecret: 'development-client-secret',
  };
  await fixture.create('guessed', { connector_type_id: '.probe', secrets }, 'b');
  const foreign = await outcomesOf('guessed');
  expect(foreign).toEqual(absent);
  expect(foreign.map(({ status }) => status)).toEqual([...Array(10).fill(404), 200]);
  expect(foreign.at(-1)?.text).toBe('{}');
  for (const { asked: calls } of foreign) expect(calls.length).toBeGreaterThan(0);
  expect(
    (await fixture.as(aTestUser(), { method: 'GET', url: '/s/b/api/actions/connector/guessed' }))
      .status,
  ).toBe(200);
});
