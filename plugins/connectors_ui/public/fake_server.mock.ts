import type { Fetch } from '@latchkey/core/public';

/** A response of {@link FakeServer}: a body with status 200, or both. */
type FakeResponse = object | { readonly status: number; readonly body?: object };

/** A request that {@link FakeServer} received. */
interface FakeRequest {
  /** `post /internal/actions/_me/overview`. */
  readonly route: string;
  readonly body: unknown;
  /** The signal with which the caller may end the request. */
  readonly signal: AbortSignal | undefined;
}

/** Responds to the requests of the web app, as the test says. */
export class FakeServer {
  readonly requests: FakeRequest[] = [];
  readonly #responses = new Map<string, FakeResponse>();

  /** Sets the response to a route from now on. */
  on(route: string, response: FakeResponse): this {
    this.#responses.set(route, response);
    return this;
  }

  /** Requests to a route so far. */
  to(route: string): readonly FakeRequest[] {
    return this.requests.filter((request) => request.route === route);
  }

  readonly fetch: Fetch = async (url, { method, body, signal }) => {
    const { pathname } = new URL(url, 'http://localhost');
    const route = `${method.toLowerCase()} ${pathname}`;
    this.requests.push({
      route,
      body: body === undefined ? undefined : JSON.parse(body),
      signal,
    });
    const response = this.#responses.get(route);
    if (response === undefined)
      throw new Error(`The test has no response for the request ${route}`);
    const { status, body: content } =
      'status' in response && typeof response.status === 'number'
        ? { status: response.status, body: 'body' in response ? response.body : undefined }
        : { status: 200, body: response };
    return {
      status,
      headers: { get: (name) => (name === 'content-type' ? 'application/json' : null) },
      text: async () => (content === undefined ? '' : JSON.stringify(content)),
    };
  };
}

/** Response of a server that fails. */
export const SERVER_ERROR: FakeResponse = {
  status: 500,
  body: { statusCode: 500, error: 'Internal Server Error', message: 'secret detail' },
};

/** A connector of the overview. */
export const connectorBody = (id: string, changes: object = {}) => ({
  id,
  name: `Drive ${id}`,
  connector_type_id: '.drive',
  is_preconfigured: false,
  is_deprecated: false,
  is_system_action: false,
  is_connector_type_deprecated: false,
  referenced_by_count: 0,
  auth_mode: 'per-user',
  ...changes,
});

/** A connector type of the overview. */
export const typeBody = (id: string, changes: object = {}) => ({
  id,
  name: 'Google Drive',
  description: 'Files in Google Drive.',
  enabled: true,
  enabled_in_config: true,
  enabled_in_license: true,
  minimum_license_required: 'basic',
  supported_feature_ids: ['workflows'],
  is_system_action_type: false,
  is_deprecated: false,
  is_experimental: false,
  is_testable: true,
  source: 'spec',
  auth_types: [],
  supports_personal: true,
  ...changes,
});

/** Status of a connector to which the user is not connected. */
export const NOT_CONNECTED = {
  user_auth_status: 'not_connected',
  connection_status: 'not_connected',
  next_step: 'authorize',
};

/** Status of a connector to which the user is connected. */
export const CONNECTED = {
  user_auth_status: 'connected',
  connection_status: 'connected',
  account: 'ana@example.com',
  next_step: 'none',
};

/** Overview with one personal connector to which the user is not connected. */
export const overviewBody = (changes: object = {}) => ({
  connectors: [connectorBody('1')],
  types: [typeBody('.drive')],
  status: { '1': NOT_CONNECTED },
  capabilities: [],
  attention: [],
  ...changes,
});
