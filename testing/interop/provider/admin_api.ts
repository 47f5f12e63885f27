/** Client of a server's administration, which does not use the proxy. */
export class AdminApi {
  readonly #url: string;
  readonly #authorization: () => Promise<string | undefined>;

  /**
   * @param url origin of the server itself, without a trailing slash
   * @param authorization header of each request. Default: none
   */
  constructor(
    url: string,
    authorization: () => Promise<string | undefined> = async () => undefined,
  ) {
    this.#url = url;
    this.#authorization = authorization;
  }

  /**
   * Sends a request to the administration API.
   * @throws Error with status and body when the response is not a success
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
