import { z } from 'zod';

/**
 * The administrator that Keycloak creates at its first start. A development credential of a server
 * that runs for minutes.
 */
export const BOOTSTRAP_ADMIN = { username: 'admin', password: 'dev-admin-password' } as const;

const token = z.object({ access_token: z.string() });

/** Client of Keycloak's admin REST API, which does not use the proxy. */
export class KeycloakAdmin {
  readonly #url: string;

  /** @param url origin of the server itself, without a trailing slash */
  constructor(url: string) {
    this.#url = url;
  }

  /** @throws Error with status and body when the response is not a success */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#url}/admin${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.#token()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Keycloak: ${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Requests a token for each call, because tokens are valid for one minute. */
  async #token(): Promise<string> {
    const response = await fetch(`${this.#url}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'admin-cli',
        ...BOOTSTRAP_ADMIN,
      }),
    });
    return token.parse(await response.json()).access_token;
  }
}
