import { createHash } from 'node:crypto';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { CookieJar } from '@latchkey/dev-providers';
import type { HttpResponse, ServerProcess } from '@latchkey/test-environment';
import {
  type ConnectorBody,
  createConnector,
  createUser,
  type Execution,
  type Installation,
  type Reachable,
  TestUser,
  twoUsers,
} from '@latchkey/test-environment';
import { requestsTo } from '@latchkey/test-proxy';
import { z } from 'zod';
import type {
  AuthorizationServer,
  ClientAuthentication,
  OAuthApp,
} from '../provider/authorization_server.ts';
import { passConsentPages } from './consent_pages.ts';

const SHORT_SECONDS = 3;
const USUAL_SECONDS = 600;
const CALLBACK_PATH = '/api/actions/connector/_oauth_callback';

/**
 * Two server processes on one SQLite file, two users, and a third-party authorization server where
 * both have accounts.
 */
export class InteropEnvironment {
  readonly provider: AuthorizationServer;
  readonly app: OAuthApp;
  readonly #installation: Installation;
  readonly #cookies = new Map<TestUser, CookieJar>();

  private constructor(installation: Installation, provider: AuthorizationServer, app: OAuthApp) {
    this.#installation = installation;
    this.provider = provider;
    this.app = app;
  }

  static async open(provider: AuthorizationServer): Promise<InteropEnvironment> {
    const installation = await twoUsers({ processes: 2 });
    const redirectUri = redirectUriOf(installation.servers[0], provider);
    const app = await provider.registerApp(redirectUri);
    await provider.setAccessTokenSeconds(USUAL_SECONDS);
    return new InteropEnvironment(installation, provider, app);
  }

  get admin(): TestUser {
    return this.#installation.admin;
  }

  get ana(): TestUser {
    return this.#installation.ana;
  }

  get ben(): TestUser {
    return this.#installation.ben;
  }

  /** The process whose URL is the public one. */
  get first(): ServerProcess {
    return this.#installation.servers[0];
  }

  get second(): ServerProcess {
    return this.#installation.servers[1] ?? this.first;
  }

  /**
   * Starts another process on the same SQLite file.
   * @param settings settings that override those of the other processes
   */
  addProcess(settings: Readonly<Record<string, unknown>> = {}): Promise<ServerProcess> {
    return this.#installation.addServer(settings);
  }

  /**
   * Creates and signs in another user of our server, who uses the provider account of an existing
   * user.
   */
  async newUser(username: string, account: 'ana' | 'ben'): Promise<TestUser> {
    const user = new TestUser({ username, password: `dev-${username}-here-7c41`, account });
    await createUser(this.admin, this.first, user);
    await user.logIn(this.first);
    return user;
  }

  /** Registers another client at the provider, without any consent. */
  newApp(method?: ClientAuthentication): Promise<OAuthApp> {
    return this.provider.registerApp(redirectUriOf(this.first, this.provider), method);
  }

  /**
   * Like {@link newApp}, with the callback that all providers share, for operators who want only
   * one.
   */
  newSharedApp(): Promise<OAuthApp> {
    return this.provider.registerApp(`${this.first.url}${CALLBACK_PATH}`);
  }

  /**
   * Returns the body of a connector, completed as docs/authorize-a-connector.md says: with the
   * issuer as the provider's metadata spells it.
   */
  connectorBody(secrets: Readonly<Record<string, unknown>> = {}): ConnectorBody {
    const { provider, app } = this;
    return {
      name: `Who am I at ${provider.name}`,
      connector_type_id: '.custom_api',
      config: { url: provider.api.url },
      secrets: {
        authType: 'oauth_authorization_code',
        authorizationUrl: provider.authorizationUrl,
        tokenUrl: provider.tokenUrl,
        revocationUrl: provider.revocationUrl,
        issuer: provider.issuer,
        clientId: app.clientId,
        clientSecret: app.clientSecret,
        scope: provider.scope,
        ...secrets,
      },
    };
  }

  /**
   * Creates a connector.
   * @returns id of the connector
   */
  createConnector(secrets: Readonly<Record<string, unknown>> = {}): Promise<string> {
    return createConnector(this.admin, this.first, this.connectorBody(secrets));
  }

  /**
   * Starts an authorization and follows it through the provider's pages.
   * @returns the URL to which the provider redirects the browser, which is not requested yet
   */
  async walk(user: TestUser, connector: string, refuse = false): Promise<URL> {
    const { authorizationUrl } = await user.startFlow(this.first, connector);
    return this.walkFrom(user, authorizationUrl, refuse);
  }

  /**
   * Follows an authorization URL through the provider's pages.
   * @returns see {@link walk}
   */
  walkFrom(user: TestUser, authorizationUrl: string, refuse = false): Promise<URL> {
    const cookies = this.#cookies.get(user) ?? new CookieJar();
    this.#cookies.set(user, cookies);
    const username = user.account ?? user.username;
    return passConsentPages(authorizationUrl, {
      username,
      password: this.provider.passwordOf(username),
      refuse,
      cookies,
      stopAtOrigin: this.first.url,
    });
  }

  /** Requests the callback URL to which the provider redirected the browser. */
  followCallback(user: TestUser, callback: URL): Promise<HttpResponse> {
    return user.call(this.first, {
      method: 'GET',
      path: `${callback.pathname}${callback.search}`,
    });
  }

  /**
   * Runs the whole authorization.
   * @throws Error with the page when the authorization did not succeed
   */
  async connect(user: TestUser, connector: string): Promise<void> {
    const page = await this.followCallback(user, await this.walk(user, connector));
    if (page.status !== 200) throw new Error(`The callback failed: ${page.status} ${page.text}`);
  }

  /**
   * Like {@link connect}, with an access token that is valid for this number of seconds.
   * @returns the time at which the access token expires
   */
  async connectFor(seconds: number, user: TestUser, connector: string): Promise<number> {
    await this.provider.setAccessTokenSeconds(seconds);
    await this.connect(user, connector);
    await this.provider.setAccessTokenSeconds(USUAL_SECONDS);
    return this.#endOfToken(user, connector);
  }

  /** Requests the user's account from the provider's API. */
  whoAmI(user: TestUser, server: Reachable, connector: string): Promise<Execution> {
    const { path } = this.provider.api;
    return user.execute(server, connector, {
      subAction: 'request',
      subActionParams: { method: 'GET', path },
    });
  }

  /**
   * Starts `calls` calls on each of the processes at the same moment, and returns all responses.
   */
  burst(
    user: TestUser,
    servers: readonly Reachable[],
    how: { readonly connector: string; readonly calls: number },
  ): Promise<readonly Execution[]> {
    return Promise.all(
      servers.flatMap((server) =>
        Array.from({ length: how.calls }, () => this.whoAmI(user, server, how.connector)),
      ),
    );
  }

  /**
   * Lets the access token of a connected user expire and keeps the refresh token valid. Uses up one
   * refresh token: the API rejects the current access token once, and the next one is short-lived.
   * On a slow machine, the call may use the short-lived token so late that the server refreshes it
   * early, in the background. Then everything is repeated.
   */
  async expireToken(user: TestUser, connector: string): Promise<void> {
    const { provider, first } = this;
    let endsAt: number;
    do {
      await provider.setAccessTokenSeconds(SHORT_SECONDS);
      provider.proxy.plan(requestsTo(provider.api.path), { status: 401 });
      subjectIn(await this.whoAmI(user, first, connector));
      await provider.setAccessTokenSeconds(USUAL_SECONDS);
      const end = await this.#endOfToken(user, connector);
      await waitUntil('the expiry of the short-lived token', () => Date.now() > end);
      endsAt = await this.#endOfToken(user, connector);
    } while (endsAt > Date.now());
    provider.proxy.clear();
  }

  async #endOfToken(user: TestUser, connector: string): Promise<number> {
    const status = await user.status(this.first, connector);
    const endsAt = Date.parse(String(status?.expires_at));
    if (Number.isNaN(endsAt)) throw new Error('The short-lived token has no expiry');
    return endsAt;
  }

  /** Returns the requests to the token endpoint since the proxy was last cleared. */
  tokenRequests(grantType?: 'refresh_token' | 'authorization_code') {
    const { proxy, tokenUrl } = this.provider;
    return proxy.exchanges
      .filter(requestsTo(new URL(tokenUrl).pathname, 'POST'))
      .filter(({ form }) => grantType === undefined || form['grant_type'] === grantType);
  }

  /** Returns the log lines that contain this text, of all processes, running or not. */
  logLines(text: string): readonly string[] {
    return this.#installation.servers.flatMap((server) =>
      server
        .output()
        .split('\n')
        .filter((line) => line.includes(text)),
    );
  }

  close(): Promise<void> {
    return this.#installation.stop();
  }
}

const responded = z.object({
  status: z.literal(200),
  data: z.looseObject({ sub: z.string() }),
});

/**
 * Returns the account for which the provider's API accepted the caller.
 * @throws Error with the response when the API refused the caller
 */
export function subjectIn(execution: Execution): string {
  const parsed = responded.safeParse(execution.data);
  if (!parsed.success)
    throw new Error(`The API did not return the account of the user: ${JSON.stringify(execution)}`);
  return parsed.data.data.sub;
}

/**
 * Returns the redirect URI, computed as docs/authorize-a-connector.md describes for administrators.
 */
function redirectUriOf(server: Reachable, { tokenUrl }: AuthorizationServer): string {
  const key = createHash('sha256').update(new URL(tokenUrl).origin).digest('base64url');
  return `${server.url}${CALLBACK_PATH}/${key.slice(0, 16)}`;
}
