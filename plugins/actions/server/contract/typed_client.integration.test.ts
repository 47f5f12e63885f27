import { HttpClient } from '@latchkey/core/public';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createConnector,
  deleteConnector,
  executeConnector,
  getAuthorizationStatus,
  getConnectorSpec,
  listConnectors,
  listConnectorTypes,
  startAuthorization,
} from '../../common/index.ts';
import { aFlowSpec, createFlowFixture, type FlowFixture } from '../oauth/flow/flow_fixture.mock.ts';

let fixture: FlowFixture;
let client: HttpClient;
beforeEach(async () => {
  fixture = await createFlowFixture({ specs: [aFlowSpec('.strict')] });
  client = new HttpClient({ fetch: fixture.fetch, baseUrl: '' });
});
afterEach(() => fixture.close());

const params = { id: 'files' };
const body = {
  name: 'Files',
  connector_type_id: '.strict',
  secrets: {
    authType: 'oauth_authorization_code',
    authorizationUrl: 'http://127.0.0.1:9/authorize',
    tokenUrl: 'http://127.0.0.1:9/token',
    clientId: 'development-client',
    clientSecret: 'development-secret',
  },
};

describe('an HTTP client that uses the route definitions of common/', () => {
  it('reads types, and creates, lists and deletes a connector', async () => {
    const types = await client.call(listConnectorTypes, { query: { feature_id: 'workflows' } });
    expect(types.map(({ id }) => id)).toContain('.strict');
    const { actions } = await client.call(getConnectorSpec, { params: { id: '.strict' } });
    expect(actions['noop']?.scope).toBe('read');
    const created = await client.call(createConnector, { params, body });
    expect(created.auth_mode).toBe('per-user');
    expect((await client.call(listConnectors)).map(({ id }) => id)).toEqual(['files']);
    await client.call(deleteConnector, { params });
    expect(await client.call(listConnectors)).toEqual([]);
  });

  it('authorizes and executes, and reads errors with their code', async () => {
    await client.call(createConnector, { params, body });
    const started = await client.call(startAuthorization, { params: { connectorId: 'files' } });
    expect(started.authorizationUrl).toContain('state=');
    const status = await client.call(getAuthorizationStatus);
    expect(status['files']?.connection_status).toBe('pending');
    const action = { params: { subAction: 'noop', subActionParams: {} } };
    const result = await client.call(executeConnector, { params, body: action });
    expect(result).toMatchObject({ status: 'error', authorization_reason: 'no_token' });
    const missing = client.call(executeConnector, { params: { id: 'missing' }, body: action });
    await expect(missing).rejects.toMatchObject({ status: 404 });
  });
});
