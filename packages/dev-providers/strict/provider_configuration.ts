import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { ClientMetadata, Configuration, JWK } from 'oidc-provider';
import { htmlPage } from '../http/index.ts';
import { users } from '../users.ts';
import { strictClients } from './clients.ts';
import type { StrictStore } from './strict_store.ts';

/** Settings that can change while the strict server runs. */
export interface StrictSettings {
  /** Lifetime of new access tokens, in seconds. Default 3,600. */
  accessTokenTtlSeconds: number;
  /** Lifetime of new refresh tokens, in seconds. Default 14 days. */
  refreshTokenTtlSeconds: number;
}

/** Returns the path of the login and consent pages. */
const interactionPath = (uid: string): string => `/interaction/${uid}`;

const DAY_SECONDS = 24 * 60 * 60;
/**
 * Redirect URI of every client. The metadata of a client requires one, but the callback policy
 * decides which URIs are accepted.
 */
const PLACEHOLDER_REDIRECT = 'http://localhost:5601/api/actions/connector/_oauth_callback';

const scopes = [
  'openid',
  'offline_access',
  'profile',
  'email',
  'files.read',
  // Connectors request these scopes through EARS' other providers. They are listed so that they are
  // granted by name.
  'Files.Read.All',
  'Sites.Selected',
  'User.Read',
  'User.ReadBasic.All',
  'Mail.Read',
  'Team.ReadBasic.All',
  'Channel.ReadBasic.All',
  'ChannelMessage.Read.All',
  'ChannelMessage.ReadWrite',
  'ChannelMessage.Send',
  'Chat.Create',
  'Chat.Read',
  'Chat.ReadBasic',
  'ChatMessage.Send',
  'search:read',
  'channels:read',
  'channels:history',
  'users:read',
];

async function signingKey(): Promise<JWK> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' } as JWK;
}

function clientMetadata(): ClientMetadata[] {
  return Object.values(strictClients).map((client) => ({
    client_id: client.clientId,
    ...(client.clientSecret === undefined ? {} : { client_secret: client.clientSecret }),
    token_endpoint_auth_method: client.tokenEndpointAuthMethod,
    redirect_uris: [PLACEHOLDER_REDIRECT],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  }));
}

/**
 * Returns the configuration with the strictest behaviour of real providers: PKCE is required, a
 * refresh token can be used once, reuse ends the grant, and every response has `iss` (RFC 9207).
 */
export async function strictConfiguration(
  store: StrictStore,
  settings: StrictSettings,
): Promise<Configuration> {
  return {
    adapter: (model: string) => store.adapterFor(model),
    clients: clientMetadata(),
    scopes,
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    jwks: { keys: [await signingKey()] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // A logout from the browser session must not end a grant of our server.
    expiresWithSession: async () => false,
    features: {
      devInteractions: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: { enabled: false },
    },
    interactions: { url: (_ctx, interaction) => interactionPath(interaction.uid) },
    findAccount: async (_ctx, id) => {
      const user = Object.values(users).find((candidate) => candidate.email === id);
      if (user === undefined) return undefined;
      const name = `${user.givenName} ${user.familyName}`;
      const claims = async () => ({ sub: id, email: id, email_verified: true, name });
      return { accountId: id, claims };
    },
    renderError: async (ctx, out) => {
      ctx.type = 'html';
      ctx.body = htmlPage('Something is wrong', `<p>Error: ${out.error}</p>`);
    },
    ttl: {
      AccessToken: () => settings.accessTokenTtlSeconds,
      RefreshToken: () => settings.refreshTokenTtlSeconds,
      AuthorizationCode: 60,
      IdToken: 3600,
      Interaction: 600,
      Session: DAY_SECONDS,
      Grant: 30 * DAY_SECONDS,
    },
  };
}
