/**
 * Client of the administration API of a server, which it reaches directly and not through the
 * proxy.
 */
export class AdminApi {
  readonly #url: string;
  readonly #authorization: () => Promise<string | undefined>;

  /**
   * Creates a client; sends no request.
   * @param url origin of the server itself, without a trailing slash
   * @param authorization returns the `authorization` header of each request. Default: none
   */
  constructor(
    url: string,
    authorization: () => Promise<string | undefined> = async () => undefined,
  ) {
    this.#url = url;
    this.#authorization = authorization;
  }

  /**
   * Sends a request to the administration API, and returns the parsed response.
   * @throws Error with status and body when the response does not report success
   */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const authorization = await this.#authorization();
    const response = await fetch(`${this.#url}/admin${path}`, {
      method,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
