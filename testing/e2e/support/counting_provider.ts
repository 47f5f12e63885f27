import {
  AuthorizationServer,
  bearerOf,
  type EmulatorControls,
  type Exchange,
  type GrantOwner,
  Grants,
  sendJson,
  startEmulatorServer,
} from '@latchkey/dev-providers/fake-server';
import type { ConnectorBody } from '@latchkey/test-environment';
import { stopAtTheEnd } from '@latchkey/test-environment';

/** Properties in which the simulated providers differ. */
export interface ProviderTraits {
  /**
   * Place at which the provider names the account of a grant; `nowhere`: the provider names none.
   */
  readonly account: 'id_token' | 'token_response' | 'userinfo' | 'nowhere';
  /**
   * Grants that end when one token is revoked: only its own grant, or all grants of its account.
   */
  readonly revokes: 'grant' | 'account';
}

/**
 * An authorization server that counts the grants it issued. Every authorization is a separate grant
 * and needs no consent page. Endpoints: `authorize`, `token`, `revoke`, `userinfo`, `api`.
 */
export interface CountingProvider extends EmulatorControls {
  readonly origin: string;
  /** A connector that each user authorizes at this provider. */
  readonly connector: ConnectorBody;
  /** A connector to this provider whose users share the token of its client. */
  readonly sharedConnector: ConnectorBody;
  /** The account that the next authorization uses. */
  account: string;
  /** Returns the body to send instead of that of a successful token response. Default: the same. */
  changeTokens: (body: TokenFields, isRefresh: boolean) => TokenFields;
  /**
   * Returns `true` if a path of the API rejects every token with 401 and no challenge. Default: no
   * path.
   */
  isClosed: (path: string) => boolean;
  /** Returns the accounts of the active grants, in the order of their authorization. */
  active(): readonly string[];
}

type TokenFields = Readonly<Record<string, unknown>>;

const CLIENT_ID = 'development-client';
const CLIENT_SECRET = 'development-secret';

/** Owner of the grants of `sharedConnector`. */
const APPLICATION = { account: 'application', clientId: CLIENT_ID };

const now = (): Date => new Date();
const emailOf = (account: string): string => `${account}@example.com`;
const asUser = ({ account }: GrantOwner) => ({ id: account, name: emailOf(account) });

/**
 * Additions to the token response and to the settings of the connector, for each place in which a
 * provider may name the account.
 */
const ACCOUNTS = {
  id_token: {
    response: ({ account }: GrantOwner) => ({ id_token: idTokenOf(account) }),
    settings: () => ({}),
  },
  nowhere: { response: () => ({}), settings: () => ({}) },
  token_response: {
    response: (owner: GrantOwner) => ({ authed_user: asUser(owner) }),
    settings: () => ({ accountIdPath: 'authed_user.id', accountLabelPath: 'authed_user.name' }),
  },
  userinfo: {
    response: () => ({}),
    settings: (origin: string) => ({
      userinfoUrl: `${origin}/userinfo`,
      accountIdPath: 'data.id',
      accountLabelPath: 'data.name',
    }),
  },
};

/** Starts the provider on the loopback address; `stopEverything` stops it. */
export async function startCountingProvider(traits: ProviderTraits): Promise<CountingProvider> {
  const { response: describe, settings } = ACCOUNTS[traits.account];
  const grants = new Grants({ now });
  const oauth = new AuthorizationServer({
    grants,
    now,
    secretOf: (id) => (id === CLIENT_ID ? CLIENT_SECRET : undefined),
    describe,
    shared: APPLICATION,
    revocationReach: () => traits.revokes,
  });
  const { origin, controls } = await startEmulatorServer({
    name: 'counting',
    port: 0,
    now,
    endpointOf: (_method, path) => path.split('/')[1] ?? '',
    handle: async (exchange) => {
      const { endpoint } = exchange.record;
      if (endpoint === 'authorize') return authorize(exchange);
      const { status, body } =
        endpoint === 'token'
          ? await serveToken(exchange)
          : endpoint === 'revoke'
            ? oauth.serveRevocation(exchange)
            : serveOwner(exchange);
      sendJson(exchange, status, body);
    },
  });
  const authorize = ({ url, response }: Exchange): void => {
    const redirectUri = url.searchParams.get('redirect_uri') ?? '';
    const owner = { account: provider.account, clientId: CLIENT_ID };
    const back = new URL(redirectUri);
    back.searchParams.set('code', oauth.issueCode({ owner, redirectUri }));
    back.searchParams.set('state', url.searchParams.get('state') ?? '');
    response.writeHead(302, { location: back.href }).end();
  };
  const serveToken = async (exchange: Exchange) => {
    const { status, body, result } = await oauth.serveToken(exchange);
    const isRefresh = result !== undefined;
    return { status, body: status === 200 ? provider.changeTokens(body, isRefresh) : body };
  };
  /** Serves the userinfo endpoint and the API, which both name the account of the access token. */
  const serveOwner = (exchange: Exchange) => {
    const token = grants.find(bearerOf(exchange) ?? '');
    if (!token?.isValid) return { status: 401, body: { error: 'invalid_token' } };
    const isApi = exchange.record.endpoint === 'api';
    if (isApi && provider.isClosed(exchange.url.pathname.slice('/api'.length)))
      return { status: 401, body: { message: 'No access' } };
    return {
      status: 200,
      body: isApi ? { owner: token.grant.account } : { data: asUser(token.grant) },
    };
  };
  stopAtTheEnd(() => controls.stop());
  const provider: CountingProvider = {
    ...controls,
    origin,
    connector: {
      name: 'Counting provider',
      connector_type_id: '.custom_api',
      config: { url: `${origin}/api` },
      secrets: {
        authType: 'oauth_authorization_code',
        authorizationUrl: `${origin}/authorize`,
        tokenUrl: `${origin}/token`,
        revocationUrl: `${origin}/revoke`,
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        ...settings(origin),
      },
    },
    sharedConnector: {
      name: 'Counting provider, shared token',
      connector_type_id: '.custom_api',
      config: { url: `${origin}/api` },
      secrets: {
        authType: 'oauth_client_credentials',
        tokenUrl: `${origin}/token`,
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        scope: 'read',
      },
    },
    account: 'ana',
    changeTokens: (body) => body,
    isClosed: () => false,
    active: () => grants.live().map(({ account }) => account),
  };
  return provider;
}

/**
 * Creates an ID token. It is not signed, because the client receives it from the token endpoint
 * over TLS, which authenticates the endpoint.
 */
function idTokenOf(account: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: account, email: emailOf(account) })}.`;
}
