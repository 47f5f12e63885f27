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

/** Properties in which providers differ. */
export interface ProviderTraits {
  /** Source of the account of a grant; `nowhere`: the provider names none. */
  readonly account: 'id_token' | 'token_response' | 'userinfo' | 'nowhere';
  /** Scope of the revocation of one token: its grant, or all grants of its account. */
  readonly revokes: 'grant' | 'account';
}

/**
 * An authorization server that counts the grants it issued. Every authorization is a separate
 * grant, without a consent page. Endpoints: `authorize`, `token`, `revoke`, `userinfo`, `api`.
 */
export interface CountingProvider extends EmulatorControls {
  readonly origin: string;
  /** A connector that users authorize here. */
  readonly connector: ConnectorBody;
  /** A connector whose users share the token of its client. */
  readonly sharedConnector: ConnectorBody;
  /** The account of the next authorization. */
  account: string;
  /** Changes the bodies of successful token responses. Default: none. */
  changeTokens: (body: TokenFields, isRefresh: boolean) => TokenFields;
  /** Tells if a path of the API rejects every token with 401 and no challenge. Default: none. */
  isClosed: (path: string) => boolean;
  /** Accounts of the active grants, in the order of their authorization. */
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

/** Differences in the token response and in the settings of the connector. */
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

/** Listens on the loopback address until `stopEverything`. */
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
  /** The userinfo endpoint and the API name the owner of the access token. */
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

/** Not signed: the client receives it over TLS from the token endpoint, which authenticates it. */
function idTokenOf(account: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: account, email: emailOf(account) })}.`;
}
