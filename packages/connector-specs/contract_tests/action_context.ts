import axios, { type AxiosInstance } from 'axios';
import { credentialHeaderNames, getAuthType, secretsForHandlers } from '../auth_types/index.ts';
import type { ActionContext, AuthContext, ConnectorSpec } from '../contract/types.ts';
import type { LocalService } from './local_service.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

/** A context for handlers, and the origins that they called. */
export interface TestContext {
  readonly context: ActionContext;
  /** Origins that the handlers called, before the redirect to the local service. */
  readonly origins: Set<string>;
}

/** A client that sends every request to the local service, with the same path and query. */
const aClient = (spec: ConnectorSpec, service: LocalService, origins: Set<string>) => {
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
 * Prepares the context of an action as the executor does: client, headers, credentials, secrets.
 */
export const createTestContext = async (request: {
  readonly spec: ConnectorSpec;
  readonly service: LocalService;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, unknown>>;
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
  const getToken = request.getToken ?? (async () => 'Bearer dev-only-token');
  const mapped = spec.credentials?.map(config, secrets);
  const sent = mapped?.secrets ?? secrets;
  const authType = String(sent['authType'] ?? 'none');
  await getAuthType(authType).configure({ getToken, logger: log }, client, { ...sent });
  Object.assign(client.defaults.headers.common, mapped?.headers);
  const { signal } = new AbortController();
  const credentialHeaders = credentialHeaderNames(sent, mapped?.headers);
  const seen = secretsForHandlers(authType, sent);
  return { context: { client, config, secrets: seen, credentialHeaders, log, signal }, origins };
};

/**
 * Parses the input as the executor does, then runs an action.
 * @throws Error for an unknown action
 */
export const runAction = async (
  spec: ConnectorSpec,
  context: ActionContext,
  call: { readonly name: string; readonly input: unknown },
): Promise<unknown> => {
  const action = spec.actions[call.name];
  if (action === undefined) throw new Error(`no action ${call.name}`);
  return action.handler(context, action.input.parse(call.input) as never);
};
