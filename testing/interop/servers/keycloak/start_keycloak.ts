import { aFreePort } from '@latchkey/elasticsearch';
import { TestProxy } from '@latchkey/test-proxy';
import { z } from 'zod';
import { AdminApi } from '../../provider/admin_api.ts';
import type { AuthorizationServer, OAuthApp } from '../../provider/authorization_server.ts';
import { newApp } from '../../provider/authorization_server.ts';
import { introspect } from '../../provider/introspect.ts';
import { type ServerProgram, startProgram } from '../../provider/server_program.ts';
import { type KeycloakHome, keycloakArguments } from './fetch_keycloak.ts';

const REALM = 'people';
const OPENID = `/realms/${REALM}/protocol/openid-connect`;
const ACCOUNTS = ['ana', 'ben'] as const;
/**
 * The administrator that Keycloak creates at its first start. This is a development credential of a
 * server that runs only for minutes.
 */
const BOOTSTRAP_ADMIN = { username: 'admin', password: 'dev-admin-password' } as const;

const passwordOf = (account: string): string => `dev-${account}-at-keycloak`;

/** A realm with refresh tokens that can be used once, which the default realm does not have. */
const realm = {
  realm: REALM,
  enabled: true,
  sslRequired: 'none',
  revokeRefreshToken: true,
  refreshTokenMaxReuse: 0,
  users: ACCOUNTS.map((account) => ({
    username: account,
    enabled: true,
    email: `${account}@example.com`,
    emailVerified: true,
    firstName: account,
    lastName: 'Example',
    credentials: [{ type: 'password', value: passwordOf(account), temporary: false }],
    // These are the default roles of registered users; they include the right to `offline_access`.
    realmRoles: [`default-roles-${REALM}`],
  })),
} as const;

const token = z.object({ access_token: z.string() });
const listed = z.array(z.object({ id: z.string() }));

/**
 * Starts Keycloak with a separate realm and its database in memory, behind a recording proxy.
 * @throws InteropError `start_failed`
 */
export async function startKeycloak(keycloak: KeycloakHome): Promise<AuthorizationServer> {
  const [port, managementPort] = [await aFreePort(), await aFreePort()];
  const direct = `http://127.0.0.1:${port}`;
  const proxy = await TestProxy.start({ target: direct, keepsHost: true });
  const { home, java } = keycloak;
  const program = await startProgram({
    name: 'Keycloak',
    command: java,
    cwd: home,
    args: keycloakArguments(home, [
      'start',
      '--optimized',
      '--cache=local',
      '--http-enabled=true',
      '--http-host=127.0.0.1',
      `--http-port=${port}`,
      `--http-management-port=${managementPort}`,
      // Tokens and links contain this host name, whatever address a request used.
      `--hostname=${proxy.origin}`,
    ]),
    env: {
      KC_BOOTSTRAP_ADMIN_USERNAME: BOOTSTRAP_ADMIN.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: BOOTSTRAP_ADMIN.password,
    },
    readyUrl: `${direct}/realms/master/.well-known/openid-configuration`,
  }).catch(async (error: unknown) => {
    await proxy.stop();
    throw error;
  });
  const admin = new AdminApi(direct, () => adminToken(direct));
  await admin.call('POST', '/realms', realm);
  return serverOf({ keycloak, proxy, program, admin, direct });
}

/**
 * Requests a token of the administrator, for one call only, because such tokens are valid for one
 * minute.
 */
async function adminToken(url: string): Promise<string> {
  const response = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      ...BOOTSTRAP_ADMIN,
    }),
  });
  return `Bearer ${token.parse(await response.json()).access_token}`;
}

function serverOf(parts: {
  readonly keycloak: KeycloakHome;
  readonly proxy: TestProxy;
  readonly program: ServerProgram;
  readonly admin: AdminApi;
  readonly direct: string;
}): AuthorizationServer {
  const { keycloak, proxy, program, admin, direct } = parts;
  const inRealm = (path: string): string => `/realms/${REALM}${path}`;
  const find = async (path: string): Promise<string> => {
    const [found] = listed.parse(await admin.call('GET', inRealm(path)));
    if (found === undefined) throw new Error(`Keycloak has no resource at ${path}`);
    return found.id;
  };
  const userId = (account: string) => find(`/users?exact=true&username=${account}`);
  return {
    name: `Keycloak ${keycloak.version}`,
    proxy,
    issuer: `${proxy.origin}/realms/${REALM}`,
    sendsIssuer: true,
    authorizationUrl: `${proxy.origin}${OPENID}/auth`,
    tokenUrl: `${proxy.origin}${OPENID}/token`,
    revocationUrl: `${proxy.origin}${OPENID}/revoke`,
    scope: 'openid email',
    lastingScope: 'openid email offline_access',
    api: { url: `${proxy.origin}${OPENID}`, path: '/userinfo' },
    passwordOf,
    subjectOf: userId,
    // A client has one session per user, so a revocation ends all that was granted to the client.
    revocationEnds: 'client',
    spentTokens: 'refused',
    withdrawals: [
      {
        what: 'withdraws the consent',
        withdraw: async (account, clientId) => {
          const user = await userId(account);
          await admin.call('DELETE', inRealm(`/users/${user}/consents/${clientId}`));
        },
      },
      {
        what: 'is signed out of all sessions',
        withdraw: async (account) => {
          await admin.call('POST', inRealm(`/users/${await userId(account)}/logout`));
        },
      },
    ],
    // Keycloak accepts both methods of client authentication for every client.
    registerApp: async (redirectUri) => {
      const app = newApp();
      await admin.call('POST', inRealm('/clients'), clientOf(app, redirectUri));
      return app;
    },
    changeSecret: async (clientId, secret) => {
      const id = await find(`/clients?clientId=${clientId}`);
      await admin.call('PUT', inRealm(`/clients/${id}`), { clientId, secret });
    },
    requireConsent: async (clientId, consentRequired) => {
      const id = await find(`/clients?clientId=${clientId}`);
      await admin.call('PUT', inRealm(`/clients/${id}`), { clientId, consentRequired });
    },
    setAccessTokenSeconds: async (accessTokenLifespan) => {
      await admin.call('PUT', `/realms/${REALM}`, { accessTokenLifespan });
    },
    isActive: (token, hint, app) =>
      introspect(
        `${direct}${OPENID}/token/introspect`,
        { token, token_type_hint: hint },
        { authorization: basicCredentials(app) },
      ),
    endSessions: async (account) => {
      const path = inRealm(`/users/${await userId(account)}/sessions`);
      for (const { id } of listed.parse(await admin.call('GET', path))) {
        await admin.call('DELETE', inRealm(`/sessions/${id}`));
      }
    },
    pause: program.pause,
    resume: program.resume,
    stop: async () => {
      await Promise.all([program.stop(), proxy.stop()]);
    },
  };
}

function clientOf({ clientId, clientSecret }: OAuthApp, redirectUri: string) {
  return {
    clientId,
    secret: clientSecret,
    redirectUris: [redirectUri],
    publicClient: false,
    consentRequired: true,
    standardFlowEnabled: true,
    directAccessGrantsEnabled: false,
    attributes: { 'pkce.code.challenge.method': 'S256' },
    // Keycloak introspects an access token only for a client that is in the token's audience.
    protocolMappers: [
      {
        name: 'own audience',
        protocol: 'openid-connect',
        protocolMapper: 'oidc-audience-mapper',
        config: { 'included.client.audience': clientId, 'access.token.claim': 'true' },
      },
    ],
  };
}

function basicCredentials({ clientId, clientSecret }: OAuthApp): string {
  const pair = [clientId, clientSecret].map(encodeURIComponent).join(':');
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
