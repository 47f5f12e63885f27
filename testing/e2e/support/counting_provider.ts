import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConnectorBody } from '@latchkey/test-environment';
import { stopAtTheEnd } from '@latchkey/test-environment';

/** Properties in which providers differ. */
export interface ProviderTraits {
  /** Where the provider names the account of a grant; `nowhere`: it does not. */
  readonly account: 'id_token' | 'token_response' | 'userinfo' | 'nowhere';
  /** Scope of the revocation of one token: its grant, or all grants of its account. */
  readonly revokes: 'grant' | 'account';
}

/**
 * An authorization server that counts the grants it issued. Every authorization is a separate
 * grant, without a consent page.
 */
export interface CountingProvider {
  readonly origin: string;
  /** A connector that users authorize here. */
  readonly connector: ConnectorBody;
  /** The account of the next authorization. */
  account: string;
  /** Response of the revocation endpoint in place of revoking. */
  refusal: { readonly status: number; readonly body: unknown } | undefined;
  /** Response of the userinfo endpoint in place of the account; `hang`: none. */
  userinfo: { readonly status: number; readonly body: unknown } | 'hang' | undefined;
  /** Accounts of the active grants, in the order of their authorization. */
  active(): readonly string[];
  /** Number of requests to a path. */
  asked(path: string): number;
}

interface Grant {
  readonly account: string;
  readonly tokens: Set<string>;
  isActive: boolean;
}

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly location?: string;
}

/** Listens on the loopback address until `stopEverything`. */
export async function startCountingProvider(traits: ProviderTraits): Promise<CountingProvider> {
  const grants: Grant[] = [];
  const codes = new Map<string, string>();
  const paths: string[] = [];
  let count = 0;
  const grantOf = (token: string) => grants.find(({ tokens }) => tokens.has(token));
  const issue = (grant: Grant): Reply => {
    count += 1;
    const [access, refresh] = [`access-${count}`, `refresh-${count}`];
    grant.tokens.add(access).add(refresh);
    const said = traits.account === 'id_token' ? { id_token: idTokenOf(grant.account) } : {};
    const user = { id: grant.account, name: `${grant.account}@example.com` };
    return {
      status: 200,
      body: {
        access_token: access,
        refresh_token: refresh,
        token_type: 'Bearer',
        expires_in: 3600,
        ...said,
        ...(traits.account === 'token_response' ? { authed_user: user } : {}),
      },
    };
  };
  const routes: Record<string, (fields: URLSearchParams, bearer: string) => Reply> = {
    '/authorize': (fields) => {
      const code = `code-${codes.size + 1}`;
      codes.set(code, provider.account);
      const back = new URL(fields.get('redirect_uri') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', fields.get('state') ?? '');
      return { status: 302, location: back.href };
    },
    '/token': (fields) => {
      const account = codes.get(fields.get('code') ?? '');
      if (account !== undefined) {
        codes.delete(fields.get('code') ?? '');
        const grant = { account, tokens: new Set<string>(), isActive: true };
        grants.push(grant);
        return issue(grant);
      }
      const grant = grantOf(fields.get('refresh_token') ?? '');
      return grant?.isActive ? issue(grant) : { status: 400, body: { error: 'invalid_grant' } };
    },
    '/revoke': (fields) => {
      if (provider.refusal !== undefined) return provider.refusal;
      const token = fields.get('token') ?? '';
      const ended = grantOf(token);
      for (const grant of grants) {
        const isOfAccount = traits.revokes === 'account' && grant.account === ended?.account;
        if (grant === ended || isOfAccount) grant.isActive = false;
      }
      return { status: 200, body: {} };
    },
    '/userinfo': (_fields, bearer) => {
      if (provider.userinfo !== undefined && provider.userinfo !== 'hang') return provider.userinfo;
      const grant = grantOf(bearer);
      return grant?.isActive
        ? {
            status: 200,
            body: { data: { id: grant.account, name: `${grant.account}@example.com` } },
          }
        : { status: 401, body: { error: 'invalid_token' } };
    },
    '/api/whoami': (_fields, bearer) => {
      const grant = grantOf(bearer);
      return grant?.isActive
        ? { status: 200, body: { owner: grant.account } }
        : { status: 401, body: {} };
    },
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    paths.push(pathname);
    if (pathname === '/userinfo' && provider.userinfo === 'hang') return;
    const body = await textOf(request);
    const fields = request.method === 'POST' ? new URLSearchParams(body) : searchParams;
    const bearer = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    const reply = routes[pathname]?.(fields, bearer) ?? { status: 404 };
    const location = reply.location === undefined ? {} : { location: reply.location };
    response.writeHead(reply.status, { 'content-type': 'application/json', ...location });
    response.end(JSON.stringify(reply.body ?? {}));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  stopAtTheEnd(async () => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: CountingProvider = {
    origin,
    connector: connectorAt(origin, traits),
    account: 'ana',
    refusal: undefined,
    userinfo: undefined,
    active: () => grants.flatMap(({ account, isActive }) => (isActive ? [account] : [])),
    asked: (path) => paths.filter((asked) => asked === path).length,
  };
  return provider;
}

const ACCOUNT_SETTINGS = {
  id_token: () => ({}),
  nowhere: () => ({}),
  token_response: () => ({
    accountIdPath: 'authed_user.id',
    accountLabelPath: 'authed_user.name',
  }),
  userinfo: (origin: string) => ({
    userinfoUrl: `${origin}/userinfo`,
    accountIdPath: 'data.id',
    accountLabelPath: 'data.name',
  }),
};

const connectorAt = (origin: string, { account }: ProviderTraits): ConnectorBody => ({
  name: 'Counting provider',
  connector_type_id: '.custom_api',
  config: { url: `${origin}/api` },
  secrets: {
    authType: 'oauth_authorization_code',
    authorizationUrl: `${origin}/authorize`,
    tokenUrl: `${origin}/token`,
    revocationUrl: `${origin}/revoke`,
    clientId: 'development-client',
    clientSecret: 'development-secret',
    ...ACCOUNT_SETTINGS[account](origin),
  },
});

/** Not signed: the client receives it over TLS from the token endpoint, which authenticates it. */
function idTokenOf(account: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: account, email: `${account}@example.com` })}.`;
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
