/** Client of Hydra's admin API, which does not use the proxy. */
export class HydraAdmin {
  readonly #url: string;

  /** @param url without a trailing slash */
  constructor(url: string) {
    this.#url = url;
  }

  /** @throws Error with status and body when the response is not a success */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#url}/admin${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Hydra: ${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
