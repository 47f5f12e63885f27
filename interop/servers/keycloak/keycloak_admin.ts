import { z } from 'zod';

/** Of the administrator that Keycloak makes at its first start. A development credential of a server that lives for minutes. */
export const BOOTSTRAP_ADMIN = { username: 'admin', password: 'dev-admin-password' } as const;

const token = z.object({ access_token: z.string() });

/** Keycloak's admin REST API, spoken to directly and not through the proxy. */
export class KeycloakAdmin {
  readonly #url: string;

  /** @param url of the server itself, without a trailing slash */
  constructor(url: string) {
    this.#url = url;
  }

  /** @throws Error with status and body when the answer is no success */
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

  /** Its life is a minute, so every call asks for its own. */
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
