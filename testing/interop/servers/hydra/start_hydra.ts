import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { aFreePort } from '@latchkey/elasticsearch';
import { TestProxy } from '@latchkey/test-proxy';
import { AdminApi } from '../../provider/admin_api.ts';
import type {
  AuthorizationServer,
  ClientAuthentication,
  OAuthApp,
} from '../../provider/authorization_server.ts';
import { newApp } from '../../provider/authorization_server.ts';
import { introspect } from '../../provider/introspect.ts';
import { startProgram } from '../../provider/server_program.ts';
import type { HydraProgram } from './build_hydra.ts';
import { startSignInPages } from './sign_in_pages.ts';

const passwordOf = (account: string): string => `dev-${account}-at-hydra`;

/**
 * Starts Hydra behind a recording proxy, with its store in memory.
 * @param graceSeconds seconds in which Hydra accepts a spent refresh token again; default 0: a
 * second use ends the grant
 * @throws InteropError `start_failed`
 */
export async function startHydra(
  hydra: HydraProgram,
  graceSeconds = 0,
): Promise<AuthorizationServer> {
  const [publicPort, adminPort] = [await aFreePort(), await aFreePort()];
  const direct = `http://127.0.0.1:${publicPort}`;
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const admin = new AdminApi(adminUrl);
  const pages = await startSignInPages({ admin, passwordOf });
  const proxy = await TestProxy.start({ target: direct, keepsHost: true });
  const program = await startProgram({
    name: 'Ory Hydra',
    command: hydra.program,
    args: ['serve', 'all', '--dev', '--sqa-opt-out'],
    cwd: tmpdir(),
    env: {
      DSN: 'memory',
      SERVE_PUBLIC_HOST: '127.0.0.1',
      SERVE_PUBLIC_PORT: String(publicPort),
      SERVE_ADMIN_HOST: '127.0.0.1',
      SERVE_ADMIN_PORT: String(adminPort),
      URLS_SELF_ISSUER: proxy.origin,
      URLS_LOGIN: pages.loginUrl,
      URLS_CONSENT: pages.consentUrl,
      SECRETS_SYSTEM: randomBytes(16).toString('hex'),
      OAUTH2_GRANT_REFRESH_TOKEN_ROTATION_GRACE_PERIOD: `${graceSeconds}s`,
      LOG_LEVEL: 'warn',
    },
    readyUrl: `${adminUrl}/health/ready`,
  }).catch(async (error: unknown) => {
    await Promise.all([pages.stop(), proxy.stop()]);
    throw error;
  });
  return serverOf({
    hydra,
    graceSeconds,
    proxy,
    admin,
    adminUrl,
    pause: program.pause,
    resume: program.resume,
    stop: async () => {
      await Promise.all([program.stop(), pages.stop(), proxy.stop()]);
    },
  });
}

function serverOf(
  parts: {
    readonly hydra: HydraProgram;
    readonly graceSeconds: number;
    readonly proxy: TestProxy;
    readonly admin: AdminApi;
    readonly adminUrl: string;
  } & Pick<AuthorizationServer, 'pause' | 'resume' | 'stop'>,
): AuthorizationServer {
  const { hydra, graceSeconds, proxy, admin, adminUrl, pause, resume, stop } = parts;
  const clients = new Set<string>();
  let lifespan = '3600s';
  const applyLifespan = (clientId: string) =>
    admin.call('PUT', `/clients/${clientId}/lifespans`, {
      authorization_code_grant_access_token_lifespan: lifespan,
      refresh_token_grant_access_token_lifespan: lifespan,
    });
  return {
    name: `Ory Hydra ${hydra.version}`,
    proxy,
    issuer: proxy.origin,
    sendsIssuer: false,
    authorizationUrl: `${proxy.origin}/oauth2/auth`,
    tokenUrl: `${proxy.origin}/oauth2/token`,
    revocationUrl: `${proxy.origin}/oauth2/revoke`,
    // Without `offline_access`, Hydra issues no refresh token.
    scope: 'openid offline_access',
    lastingScope: 'openid offline_access',
    api: { url: proxy.origin, path: '/userinfo' },
    passwordOf,
    subjectOf: async (account) => account,
    revocationEnds: 'grant',
    spentTokens: graceSeconds > 0 ? 'accepted_for_a_while' : 'refused',
    withdrawals: [
      {
        what: 'withdraws the consent',
        withdraw: async (account, clientId) => {
          const query = new URLSearchParams({ subject: account, client: clientId });
          await admin.call('DELETE', `/oauth2/auth/sessions/consent?${query}`);
        },
      },
    ],
    registerApp: async (redirectUri, method = 'client_secret_basic') => {
      const app = newApp();
      await admin.call('POST', '/clients', clientOf(app, redirectUri, method));
      clients.add(app.clientId);
      await applyLifespan(app.clientId);
      return app;
    },
    changeSecret: async (clientId, secret) => {
      await admin.call('PATCH', `/clients/${clientId}`, [
        { op: 'replace', path: '/client_secret', value: secret },
      ]);
    },
    setAccessTokenSeconds: async (seconds) => {
      lifespan = `${seconds}s`;
      for (const clientId of clients) await applyLifespan(clientId);
    },
    isActive: (token, hint) =>
      introspect(`${adminUrl}/admin/oauth2/introspect`, { token, token_type_hint: hint }),
    endSessions: async (account) => {
      const query = new URLSearchParams({ subject: account });
      await admin.call('DELETE', `/oauth2/auth/sessions/login?${query}`);
    },
    pause,
    resume,
    stop,
  };
}

function clientOf(
  { clientId, clientSecret }: OAuthApp,
  redirectUri: string,
  method: ClientAuthentication,
) {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: 'openid offline_access',
    token_endpoint_auth_method: method,
  };
}
