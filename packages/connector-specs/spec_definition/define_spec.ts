import { isGrantOrigin, isProviderName } from '@latchkey/oauth-providers';
import { type output, type ZodType, z } from 'zod';
import { isKnownAuthType } from '../auth_types/index.ts';
import type { ActionContext, ActionDefinition, ConnectorSpec } from '../contract/types.ts';
import { isConnectionHeader, isCredentialHeader, isHeaderName } from '../http_headers/index.ts';

import { configFieldIn } from './config_origins.ts';
import { providerOf, withProviderEndpoints } from './connector_provider.ts';
import { withScopesOfActions } from './requested_scopes.ts';

/** Rule that a connector spec violates. */
export type ConnectorSpecErrorCode =
  | 'invalid_metadata'
  | 'invalid_action_name'
  | 'reserved_action'
  | 'undescribed_action'
  | 'invalid_action_schema'
  | 'nothing_to_run'
  | 'unknown_default_action'
  | 'ambiguous_credentials'
  | 'duplicate_auth_type'
  | 'unknown_auth_type'
  | 'unknown_url_field'
  | 'invalid_api_origin'
  | 'unknown_provider'
  | 'forbidden_header';

/**
 * A spec violates the contract. Thrown when the module of the spec loads, so the server does not
 * start.
 */
export class ConnectorSpecError extends Error {
  override readonly name = 'ConnectorSpecError';
  readonly code: ConnectorSpecErrorCode;
  /** Id of the spec as its author wrote it. */
  readonly connectorTypeId: string;

  constructor(code: ConnectorSpecErrorCode, connectorTypeId: string, problem: string) {
    super(`connector spec [${connectorTypeId}]: ${problem}`);
    this.code = code;
    this.connectorTypeId = connectorTypeId;
  }
}

/** An action whose handler has the type of its parsed input. */
export interface TypedAction<I extends ZodType> extends Omit<ActionDefinition<I>, 'handler'> {
  handler(context: ActionContext, input: output<I>): Promise<unknown>;
}

/**
 * Declares an action. The schema of the input decides the type of the input that the handler gets.
 */
export const defineAction = <I extends ZodType>(action: TypedAction<I>): ActionDefinition<I> =>
  action;

/** Max length of a connector type id. */
export const MAX_CONNECTOR_TYPE_ID_LENGTH = 64;

/** Name of the sub-action with which users test a connection. No action may have this name. */
export const TEST_CONNECTOR_SUB_ACTION = '_test';

/** Features of the product that can offer a connector. */
export const CONNECTOR_FEATURE_IDS = [
  'alerting',
  'cases',
  'uptime',
  'siem',
  'generativeAIForSecurity',
  'generativeAIForObservability',
  'generativeAIForSearchPlayground',
  'endpointSecurity',
  'workflows',
  'agentBuilder',
  'contextEngine',
] as const;

/** License, stage and features of the connectors of the catalogue. */
const CATALOGUE = {
  minimumLicense: 'enterprise',
  isTechnicalPreview: true,
  supportedFeatureIds: ['agentBuilder', 'workflows'],
} as const;

const ACTION_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

const metadata = z.strictObject({
  id: z
    .string()
    .max(MAX_CONNECTOR_TYPE_ID_LENGTH)
    .regex(/^\.[A-Za-z0-9][A-Za-z0-9._-]*$/),
  displayName: z.string().min(1).max(100),
  description: z.string().min(1).max(1_000),
  icon: z.string().min(1).max(100).optional(),
  docsUrl: z.string().max(2_048).optional(),
  minimumLicense: z.enum(['basic', 'gold', 'platinum', 'enterprise']),
  isTechnicalPreview: z.boolean().optional(),
  supportedFeatureIds: z.array(z.enum(CONNECTOR_FEATURE_IDS)).min(1).max(20),
});

const authTypeIds = (spec: ConnectorSpec): string[] =>
  (spec.auth?.types ?? []).map((entry) => (typeof entry === 'string' ? entry : entry.type));

const checkMetadata = (spec: ConnectorSpec): void => {
  const parsed = metadata.safeParse(spec.metadata);
  if (parsed.success) return;
  const fields = parsed.error.issues.map((issue) => `metadata.${issue.path.join('.')}`);
  throw new ConnectorSpecError(
    'invalid_metadata',
    spec.metadata.id,
    `invalid ${[...new Set(fields)].join(', ')}`,
  );
};

const checkActions = (spec: ConnectorSpec): void => {
  const { id } = spec.metadata;
  const names = Object.keys(spec.actions);
  if (names.length === 0 && !spec.test.enabled) {
    throw new ConnectorSpecError('nothing_to_run', id, 'it has neither an action nor a test');
  }
  if (spec.defaultAction !== undefined && !names.includes(spec.defaultAction)) {
    throw new ConnectorSpecError(
      'unknown_default_action',
      id,
      `the default action [${spec.defaultAction}] does not exist`,
    );
  }
  const undescribed = names.find((name) => spec.actions[name]?.description === '');
  if (undescribed !== undefined) {
    throw new ConnectorSpecError('undescribed_action', id, `[${undescribed}] has no description`);
  }
  if (spec.test.enabled && spec.test.description === '') {
    throw new ConnectorSpecError('undescribed_action', id, 'the test has no description');
  }
  for (const name of names) {
    if (name === TEST_CONNECTOR_SUB_ACTION) {
      throw new ConnectorSpecError('reserved_action', id, `the action name [${name}] is reserved`);
    }
    if (!ACTION_NAME.test(name)) {
      throw new ConnectorSpecError(
        'invalid_action_name',
        id,
        `the action name [${name}] does not match ${ACTION_NAME}`,
      );
    }
    checkSchemas(id, name, spec.actions[name]);
  }
};

/** Returns `true` for a schema of any version of zod. Plugins may have their own. */
const isSchema = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'safeParse' in value &&
  typeof value.safeParse === 'function';

const checkSchemas = (id: string, name: string, action: ActionDefinition | undefined): void => {
  const schemas = { input: action?.input, ...(action?.output && { output: action.output }) };
  for (const [member, schema] of Object.entries(schemas)) {
    if (isSchema(schema)) continue;
    throw new ConnectorSpecError(
      'invalid_action_schema',
      id,
      `${member} of the action [${name}] is not a zod schema. For an object with fields, write z.strictObject({ … })`,
    );
  }
};

const checkAuth = (spec: ConnectorSpec): void => {
  const { id } = spec.metadata;
  if (spec.credentials !== undefined && authTypeIds(spec).length > 0) {
    throw new ConnectorSpecError(
      'ambiguous_credentials',
      id,
      'it has both auth types and a credential mapping',
    );
  }
  const seen = new Set<string>();
  for (const type of authTypeIds(spec)) {
    if (!isKnownAuthType(type)) {
      throw new ConnectorSpecError('unknown_auth_type', id, `auth type [${type}] does not exist`);
    }
    if (seen.has(type)) {
      throw new ConnectorSpecError('duplicate_auth_type', id, `auth type [${type}] appears twice`);
    }
    seen.add(type);
  }
  for (const header of Object.keys(spec.auth?.headers ?? {})) {
    // The headers of a spec are sent with all calls of all users, so they must not contain a
    // credential.
    if (!isHeaderName(header) || isConnectionHeader(header) || isCredentialHeader(header)) {
      throw new ConnectorSpecError('forbidden_header', id, `header [${header}] may not be set`);
    }
  }
};

const checkUrlFields = (spec: ConnectorSpec): void => {
  const fields = new Set(Object.keys(spec.schema?.shape ?? {}));
  for (const field of spec.validateUrls?.fields ?? []) {
    if (!fields.has(field)) {
      // A misspelled name would silently bypass the allow-list.
      throw new ConnectorSpecError(
        'unknown_url_field',
        spec.metadata.id,
        `validateUrls names [${field}], which its schema does not have`,
      );
    }
  }
};

const checkApiOrigins = (spec: ConnectorSpec): void => {
  const provider = providerOf(spec);
  for (const origin of spec.apiOrigins ?? []) {
    if (provider !== undefined && isGrantOrigin(origin, provider)) continue;
    const field = configFieldIn(origin) ?? '';
    if (Object.hasOwn({ ...provider?.config, ...spec.schema?.shape }, field)) continue;
    const isOrigin = origin.startsWith('https://') && URL.parse(origin)?.origin === origin;
    // `URL` accepts braces in hosts, which are not part of an origin.
    if (!isOrigin || origin.includes('{')) {
      throw new ConnectorSpecError(
        'invalid_api_origin',
        spec.metadata.id,
        `[${origin}] is neither an https origin nor one of its config or of a grant fact`,
      );
    }
  }
};

const checkProvider = ({ metadata: { id }, provider }: ConnectorSpec): void => {
  // The type does not check plugins that are written in JavaScript.
  if (typeof provider !== 'string' || isProviderName(provider)) return;
  throw new ConnectorSpecError('unknown_provider', id, `provider [${provider}] does not exist`);
};

/**
 * Checks a spec against the contract.
 * @throws ConnectorSpecError for the first violated rule
 */
export const validateConnectorSpec = (spec: ConnectorSpec): void => {
  checkMetadata(spec);
  checkActions(spec);
  checkAuth(spec);
  checkUrlFields(spec);
  checkProvider(spec);
  checkApiOrigins(spec);
};

/**
 * Declares a connector. Checks it when the module loads, and adds the endpoints of its provider
 * and the scopes of its actions.
 * @throws ConnectorSpecError for the first violated rule
 */
export const defineConnectorSpec = (spec: ConnectorSpec): ConnectorSpec => {
  validateConnectorSpec(spec);
  return Object.freeze(withScopesOfActions(withProviderEndpoints(spec)));
};

/** A spec of the catalogue, as its author writes it. */
interface CatalogueSpec extends Omit<ConnectorSpec, 'metadata'> {
  readonly metadata: Omit<ConnectorSpec['metadata'], keyof typeof CATALOGUE>;
}

/**
 * Declares a connector of this package by {@link defineConnectorSpec}. All of them have the same
 * license, stage and features.
 */
export const catalogueSpec = ({ metadata, ...spec }: CatalogueSpec): ConnectorSpec =>
  defineConnectorSpec({ metadata: { ...metadata, ...CATALOGUE }, ...spec });
