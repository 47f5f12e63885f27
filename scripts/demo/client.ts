import { CookieJar, type UserId, walkConsent } from '@latchkey/dev-providers';

/** A response of the server. */
export interface Response {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the demo reads many shapes and checks what it reads
  readonly body: any;
  readonly location: string | undefined;
}

/** A user with a browser or curl: keeps cookies and sends the headers that the server requires. */
export class Client {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();
  readonly #headers: Readonly<Record<string, string>>;
  readonly #consentCookies = new CookieJar();

  /** @param headers sent with every request, for example HTTP Basic */
  constructor(origin: string, headers: Readonly<Record<string, string>> = {}) {
    this.#origin = origin;
    this.#headers = headers;
  }

  async request(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(path.startsWith('http') ? path : `${this.#origin}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        'kbn-xsrf': 'demo',
        'x-elastic-internal-origin': 'demo',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.#cookies.size === 0 ? {} : { cookie: this.#cookieHeader() }),
        ...this.#headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
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
   * Requests the authorization URL, walks through the provider's pages, and follows the redirects
   * back.
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

  #keep(cookie: string): void {
    const [pair = ''] = cookie.split(';');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }

  #cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
