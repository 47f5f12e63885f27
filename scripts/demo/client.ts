import { CookieJar, type UserId, walkConsent } from '@latchkey/dev-providers';

/** A response of the server. */
export interface Response {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the demo reads many shapes and checks what it reads
  readonly body: any;
  readonly location: string | undefined;
}

/**
 * Acts like a user with a browser or curl: keeps cookies and sends the headers that the server
 * requires.
 */
export class Client {
  readonly #origin: string;
  readonly #cookies = new CookieJar();
  readonly #headers: Readonly<Record<string, string>>;
  readonly #consentCookies = new CookieJar();

  /**
   * @param origin origin of the server
   * @param headers headers of every request, for example for HTTP Basic
   */
  constructor(origin: string, headers: Readonly<Record<string, string>> = {}) {
    this.#origin = origin;
    this.#headers = headers;
  }

  async request(method: string, path: string, body?: unknown): Promise<Response> {
    const url = new URL(path, this.#origin);
    const cookie = this.#cookies.headerFor(url);
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        'kbn-xsrf': 'demo',
        'x-elastic-internal-origin': 'demo',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie === undefined ? {} : { cookie }),
        ...this.#headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    this.#cookies.store(url, response.headers.getSetCookie());
    const text = await response.text();
    return {
      status: response.status,
      body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
      location: response.headers.get('location') ?? undefined,
    };
  }

  login(username: string, password: string): Promise<Response> {
    return this.request('POST', '/internal/security/login', {
      providerType: 'basic',
      providerName: 'basic',
      currentURL: `${this.#origin}/login`,
      params: { username, password },
    });
  }

  execute(connectorId: string, subAction: string, subActionParams: unknown): Promise<Response> {
    return this.request('POST', `/api/actions/connector/${connectorId}/_execute`, {
      params: { subAction, subActionParams },
    });
  }

  /**
   * Requests the authorization URL, follows it through the provider's pages, and follows the
   * redirects back to our server.
   */
  async authorize(connectorId: string, as: UserId): Promise<Response> {
    const started = await this.request(
      'POST',
      `/internal/actions/connector/${connectorId}/_start_oauth_flow`,
      {},
    );
    if (started.status !== 200) return started;
    const callback = await walkConsent(started.body.authorizationUrl, {
      as,
      cookieJar: this.#consentCookies,
      stopAtOrigin: this.#origin,
    });
    return this.request('GET', callback.toString());
  }
}
