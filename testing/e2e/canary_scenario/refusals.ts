import { TestUser } from '@latchkey/test-environment';
import { expect } from 'vitest';
import { type Scenario, SECRETS } from './scenario.ts';

/** Sends requests that contain a secret and are refused. */
export async function sendRefusedRequests({ environment, visitor, add }: Scenario): Promise<void> {
  const { admin, ana, first: server } = environment;
  await visitor.logIn(server);
  await add(new TestUser({ username: ana.username, password: SECRETS.wrongPassword })).logIn(
    server,
  );
  const secret = SECRETS.refusedSecret;
  for (const body of [
    { config: {}, secrets: { authType: 'bearer', token: secret, [secret]: 1 } },
    { config: { url: 'http://a.example', token: secret }, secrets: {} },
    { config: { url: `http://u:${secret}@a.example/` }, secrets: {} },
    { connector_type_id: '.google_drive', secrets: { authType: secret } },
    { name: { token: secret } },
  ]) {
    const custom = { name: 'x', connector_type_id: '.custom_api' };
    const create = 'POST /api/actions/connector';
    expect((await admin.call(server, create, { ...custom, ...body })).status).toBe(400);
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
  await ana.call(server, `GET /api/status?access_token=${secret}`);
  await ana.call(server, `GET /no/such/${secret}`);
  await ana.json(server, `POST /internal/security/users/${ana.username}/password`, {
    password: ana.password,
    newPassword: SECRETS.newPassword,
  });
}
