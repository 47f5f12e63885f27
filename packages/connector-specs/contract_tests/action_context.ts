import type { EgressResponse } from '@latchkey/egress';
import { tokenHeader } from '@latchkey/oauth-providers';
import axios, { type AxiosInstance, type AxiosResponse, isAxiosError } from 'axios';
import { credentialHeaderNames, getAuthType, secretsForHandlers } from '../auth_types/index.ts';
import type { ActionContext, AuthContext, ConnectorSpec } from '../contract/types.ts';
import {
  accessTokenHeader,
  addProviderHeaders,
  providerRulesOf,
} from '../spec_definition/provider_headers.ts';
import type { LocalService } from './local_service.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

/** A context for handlers, and the origins that they called. */
export interface TestContext {
  readonly context: ActionContext;
  /**
   * Origins that the handlers called, before the redirect to the local service. Origins of
   * anonymous requests are not included, because these have no credentials.
   */
  readonly origins: Set<string>;
}

/** A client that sends every request to the local service, with the same path and query. */
const aClient = (
  spec: Pick<ConnectorSpec, 'auth'>,
  service: LocalService,
  origins: Set<string>,
) => {
  const client: AxiosInstance = axios.create({
    adapter: 'http',
    proxy: false,
    maxContentLength: 1_048_576,
    headers: { common: { ...spec.auth?.headers } },
  });
  client.interceptors.request.use((config) => {
    const url = new URL(client.getUri(config));
    origins.add(url.origin);
    config.url = `${service.origin}${url.pathname}${url.search}`;
    delete config.params;
    return config;
  });
  return client;
};

/**
 * Creates the function `request` of a context, which sends by a client, so that the interceptors
 * and limits of the client apply.
 * @param clients.anonymous client without headers
 */
const requestWith =
  (clients: Readonly<Record<'own' | 'anonymous', AxiosInstance>>): ActionContext['request'] =>
  async ({ url, method = 'GET', headers, body, onRedirect, isAnonymous, ...limits }) => {
    const client = isAnonymous === true ? clients.anonymous : clients.own;
    const { timeout = 0, maxContentLength = -1 } = client.defaults;
    const { timeoutMs = timeout, maxResponseBytes = maxContentLength, maxRedirects = 5 } = limits;
    const received = await client
      .request<Buffer>({
        url: String(url),
        method,
        ...(headers === undefined ? {} : { headers }),
        ...(body === undefined ? {} : { data: body }),
        transformRequest: [(data: unknown) => data],
        timeout: timeout > 0 ? Math.min(timeoutMs, timeout) : timeoutMs,
        maxContentLength:
          maxContentLength >= 0 ? Math.min(maxResponseBytes, maxContentLength) : maxResponseBytes,
        maxRedirects,
        beforeRedirect: (target) =>
          onRedirect?.(new URL(String(target['href'])), String(target['method'])),
        responseType: 'arraybuffer',
        validateStatus: (status) => status !== 401 && status !== 403,
      })
      .catch((error: unknown) => {
        if (isAxiosError<Buffer>(error) && error.response !== undefined) return error.response;
        throw error;
      });
    return toEgressResponse(received, String(url));
  };

const toEgressResponse = (
  { status, statusText, headers, data }: AxiosResponse<Buffer>,
  url: string,
): EgressResponse => ({
  url,
  status,
  statusText,
  headers: { ...headers } as Record<string, string | string[]>,
  body: data,
  get data(): unknown {
    const text = data.toString('utf8');
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  },
});

/**
 * Prepares the context of an action as the executor of actions does: client, headers, credentials,
 * secrets.
 */
export const createTestContext = async (request: {
  readonly spec: ConnectorSpec;
  readonly service: LocalService;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, unknown>>;
  /** Facts of the grant. Default: none. */
  readonly grant?: Readonly<Record<string, string>> | undefined;
  readonly getToken?: AuthContext['getToken'];
}): Promise<TestContext> => {
  const {
    spec,
    service,
    config = {},
    secrets = spec.credentials === undefined ? { authType: 'none' } : {},
  } = request;
  const origins = new Set<string>();
  const client = aClient(spec, service, origins);
  const anonymous = aClient({}, service, new Set());
  const { common } = client.defaults.headers;
  const rules = providerRulesOf(spec, config);
  let token: string | undefined;
  const getToken: AuthContext['getToken'] = async (options) => {
    token = await (request.getToken ?? (async () => 'Bearer dev-only-token'))(options);
    return token;
  };
  const mapped = spec.credentials?.map(config, secrets);
  const sent = mapped?.secrets ?? secrets;
  const authType = String(sent['authType'] ?? 'none');
  await getAuthType(authType).configure({ getToken, logger: log }, client, { ...sent });
  if (token !== undefined) {
    const { name, value } = tokenHeader(rules?.accessToken, String(common['Authorization']));
    delete common['Authorization'];
    common[name] = value;
  }
  Object.assign(common, mapped?.headers);
  addProviderHeaders(common, rules, request.grant ?? {});
  const { signal } = new AbortController();
  const ofToken = token === undefined ? [] : [accessTokenHeader(rules)];
  const credentialHeaders = [...credentialHeaderNames(sent, mapped?.headers), ...ofToken];
  const seen = secretsForHandlers(authType, sent);
  return {
    context: {
      request: requestWith({ own: client, anonymous }),
      client,
      config,
      secrets: seen,
      grant: request.grant ?? {},
      credentialHeaders,
      log,
      signal,
    },
    origins,
  };
};

/**
 * Parses the input as the executor of actions does, then runs an action.
 * @throws Error for an unknown action
 */
export const runAction = async (
  spec: ConnectorSpec,
  context: ActionContext,
  call: { readonly name: string; readonly input: unknown },
): Promise<unknown> => {
  const action = spec.actions[call.name];
  if (action === undefined) throw new Error(`the spec has no action ${call.name}`);
  return action.handler(context, action.input.parse(call.input) as never);
};

/** Maximum characters of an input in a message. */
const MAX_INPUT_LENGTH = 300;

/**
 * Runs an action like {@link runAction}, for tests that run all actions in a loop.
 * @throws Error that names the action and its input
 */
export const runNamedAction: typeof runAction = async (spec, context, call) => {
  try {
    return await runAction(spec, context, call);
  } catch (cause) {
    const input = JSON.stringify(call.input)?.slice(0, MAX_INPUT_LENGTH);
    throw new Error(`${call.name} with the input ${input}: ${cause}`, { cause });
  }
};
