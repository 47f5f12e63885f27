import type { DevProviders } from '@latchkey/dev-providers';
import type { Client } from './client.ts';

/** Users of a development server. Their passwords are obviously not real ones. */
export const DEVELOPMENT_USERS = [
  { username: 'ana', password: 'ana-development-password', fullName: 'Ana Alvarez' },
  { username: 'ben', password: 'ben-development-password', fullName: 'Ben Berger' },
] as const;

/**
 * Creates the users and connectors of a development server that are missing. Existing ones are not
 * changed.
 * @throws Error naming what could not be created
 */
export async function seedDevelopment(admin: Client, providers: DevProviders): Promise<void> {
  await ensure(admin, 'PUT', '/api/security/role/connector_user', {
    kibana: [{ base: [], feature: { actions: ['read'] }, spaces: ['*'] }],
  });
  for (const { username, password, fullName } of DEVELOPMENT_USERS) {
    const path = `/internal/security/users/${username}`;
    if ((await admin.request('GET', path)).status === 200) continue;
    await ensure(admin, 'POST', path, {
      password,
      full_name: fullName,
      email: `${username}@example.com`,
      roles: ['connector_user'],
    });
  }
  const { client } = providers.google;
  // All connectors are listed, because a request for a missing connector would be audited as a
  // refusal.
  const { body } = await admin.request('GET', '/api/actions/connectors');
  const existing = new Set(Array.isArray(body) ? body.map(({ id }) => id) : []);
  const ensureConnector = async (
    id: string,
    name: string,
    secrets: Readonly<Record<string, string>>,
  ): Promise<void> => {
    if (existing.has(id)) return;
    const connector = { name, connector_type_id: '.google_drive', secrets };
    await ensure(admin, 'POST', `/api/actions/connector/${id}`, connector);
  };
  await ensureConnector('drive-quick-connect', 'Drive (Quick Connect)', {
    authType: 'ears',
    provider: 'google',
  });
  await ensureConnector('drive-own-client', 'Drive (our own client)', {
    authType: 'oauth_authorization_code',
    clientId: client.clientId,
    clientSecret: client.clientSecret,
  });
}

async function ensure(admin: Client, method: string, path: string, body: unknown): Promise<void> {
  const response = await admin.request(method, path, body);
  if (response.status < 300) return;
  throw new Error(
    `${method} ${path} responded with status ${response.status}: ${response.body?.message ?? ''}`,
  );
}
