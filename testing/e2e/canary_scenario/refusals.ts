import { expect } from '@jest/globals';
import { TestUser } from '@latchkey/test-environment';
import { type Scenario, SECRETS } from './scenario.ts';

/** Sends requests that contain a secret and are refused. */
export async function sendRefusedRequests({ environment, visitor, add }: Scenario): Promise<void> {
  const { admin, ana, servers } = environment;
  const [server] = servers;
  await visitor.logIn(server);
  await add(new TestUser({ username: ana.username, password: SECRETS.wrongPassword })).logIn(
    server,
  );
  const secret = SECRETS.refusedSecret;
  for (const body of [
    {
      name: 'x',
      connector_type_id: '.custom_api',
      config: {},
      secrets: { authType: 'bearer', token: secret, [secret]: 1 },
    },
    {
      name: 'x',
      connector_type_id: '.custom_api',
      config: { url: 'http://a.example', token: secret },
      secrets: {},
    },
    {
      name: 'x',
      connector_type_id: '.custom_api',
      config: { url: `http://u:${secret}@a.example/` },
      secrets: {},
    },
    { name: 'x', connector_type_id: '.google_drive', secrets: { authType: secret } },
    { name: { token: secret }, connector_type_id: '.custom_api' },
  ]) {
    const { status } = await admin.call(server, {
      method: 'POST',
      path: '/api/actions/connector',
      body,
    });
    expect(status).toBe(400);
  }
  for (const rawBody of [`{"token":"${secret}",`, `{"name":"${secret}"} and more`]) {
    const { status } = await admin.call(server, {
      method: 'POST',
      path: '/api/actions/connector',
      headers: { 'content-type': 'application/json' },
      rawBody,
    });
    expect(status).toBe(400);
  }
  await ana.call(server, { method: 'GET', path: `/api/status?access_token=${secret}` });
  await ana.call(server, { method: 'GET', path: `/no/such/${secret}` });
  await ana.json(server, {
    method: 'POST',
    path: `/internal/security/users/${ana.username}/password`,
    body: { password: ana.password, newPassword: SECRETS.newPassword },
  });
}
