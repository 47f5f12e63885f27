import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  clientCredentials,
  createActionsFixture,
  oauthApp,
} from './actions_fixture.mock.ts';
import { seenContexts } from './probe_spec.mock.ts';
import { IDP_ORIGIN } from './strict_idp.mock.ts';

let fixture: ActionsFixture;
beforeEach(async () => {
  seenContexts.length = 0;
  fixture = await createActionsFixture({ config: { auth: { ears: { url: IDP_ORIGIN } } } });
});
afterEach(() => fixture.close());

/**
 * Returns the context that a handler of the type `.probe` receives. Connects the user if the type
 * has per-user authorization.
 */
async function contextWith(secrets: Readonly<Record<string, unknown>>) {
  await fixture.create('c1', { connector_type_id: '.probe', secrets });
  const isPersonal = (await fixture.read('c1')).authMode === 'per-user';
  const grant = isPersonal ? await fixture.connect('c1') : undefined;
  const { body } = await fixture.execute('c1', { subAction: 'look', subActionParams: {} });
  expect(body).toMatchObject({ status: 'ok' });
  const [context] = seenContexts;
  if (context === undefined) throw new Error('the handler did not run');
  return { context, grant };
}

/**
 * Returns every name and text that code can reach from a value, even through hidden properties and
 * prototypes.
 */
function everythingIn(root: unknown): string {
  const found: string[] = [];
  const seen = new Set<unknown>();
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string') found.push(value);
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue;
    if (seen.has(value)) continue;
    seen.add(value);
    for (const [name, { value: member }] of Object.entries(
      Object.getOwnPropertyDescriptors(value),
    )) {
      found.push(name);
      waiting.push(member);
    }
    waiting.push(Object.getPrototypeOf(value));
    if (value instanceof Map || value instanceof Set) waiting.push([...value.entries()]);
  }
  return found.join('\n');
}

const CLIENT_SECRET = /development-client-secret|clientSecret/;
const REFRESH_TOKEN = /development-refresh/;

describe('E66: the context that a handler receives', () => {
  it('contains only the access token and public settings if the connector has its own OAuth app', async () => {
    const { context, grant } = await contextWith(oauthApp({ scope: 'files.read' }));
    const reached = everythingIn([context, context.client]);
    expect(reached).toContain(grant?.accessToken);
    expect(reached).not.toMatch(CLIENT_SECRET);
    expect(reached).not.toMatch(REFRESH_TOKEN);
    expect(context.secrets).toEqual({
      authType: 'oauth_authorization_code',
      authorizationUrl: `${IDP_ORIGIN}/authorize`,
      tokenUrl: `${IDP_ORIGIN}/token`,
      clientId: 'development-client',
      scope: 'files.read',
    });
  });

  it('contains the access token but no refresh token if the connector uses EARS', async () => {
    const { context, grant } = await contextWith({ authType: 'ears' });
    const reached = everythingIn([context, context.client]);
    expect(reached).toContain(grant?.accessToken);
    expect(reached).not.toMatch(REFRESH_TOKEN);
    expect(context.secrets).toEqual({ authType: 'ears', provider: 'google' });
  });

  it('contains no credential for the token endpoint if the application has its own token', async () => {
    const additionalFields = { password: 'development-extra-password' };
    const { context } = await contextWith({ ...clientCredentials, additionalFields });
    expect(fixture.idp.tokenCalls).toEqual([expect.objectContaining(additionalFields)]);
    const reached = everythingIn([context, context.client]);
    expect(reached).toContain('development-access-everybody');
    expect(reached).not.toMatch(CLIENT_SECRET);
    expect(reached).not.toContain('development-extra-password');
    expect(context.secrets).toEqual({
      authType: 'oauth_client_credentials',
      tokenUrl: `${IDP_ORIGIN}/token`,
      clientId: 'development-client',
    });
  });

  it('contains the credentials if the auth type has no tokens, such as basic authentication', async () => {
    const bearer = { authType: 'bearer', token: 'development-bearer-token' };
    const { context } = await contextWith(bearer);
    expect(context.secrets).toEqual(bearer);
  });

  it('contains exactly the ten documented members', async () => {
    const { context } = await contextWith(oauthApp());
    expect(Object.keys(context).sort()).toEqual([
      'client',
      'config',
      'credentialHeaders',
      'grant',
      'idempotencyKey',
      'log',
      'request',
      'secrets',
      'signal',
      'timeLeftMs',
    ]);
  });

  it('contains the idempotency key of a server caller, and none for a REST request', async () => {
    const { context } = await contextWith({ authType: 'none' });
    expect(context.idempotencyKey).toBeUndefined();
    const as = { user: ana, spaceId: 'default' };
    const params = { subAction: 'look', subActionParams: {} };
    await fixture.services.contract.execute(as, {
      connectorId: 'c1',
      params,
      idempotencyKey: 'key-1',
    });
    expect(seenContexts.at(-1)?.idempotencyKey).toBe('key-1');
  });

  it('contains the time that a caller in the server has left, but none for a REST request', async () => {
    const { context } = await contextWith({ authType: 'none' });
    expect(context.timeLeftMs).toBeUndefined();
    const as = { user: ana, spaceId: 'default' };
    await fixture.services.contract.execute(as, {
      connectorId: 'c1',
      params: { subAction: 'look', subActionParams: {} },
      timeoutMs: 60_000,
    });
    const leftMs = seenContexts.at(-1)?.timeLeftMs?.();
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(60_000);
  });
});
