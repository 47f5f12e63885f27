import { authTypeEntryOf, authTypeOf, enabledActionsOf } from '@latchkey/connector-specs';
import type { Principal } from '@latchkey/core/server';
import { connectorName, type FormIssue } from '../../common/index.ts';
import type { AccessControl } from '../audit/index.ts';
import {
  ConnectorError,
  connectorNotFound,
  type DecryptedConnector,
  issuesOf,
} from '../connector_data/index.ts';
import {
  type ConnectorType,
  ConnectorTypeError,
  type TypeRegistry,
  toFormIssues,
} from '../connector_types/index.ts';
import {
  type CheckedConnector,
  type ConnectorChecks,
  type ConnectorStore,
  type ConnectorValues,
  type ConnectorWarnings,
  clientFingerprintOf,
  type EditableConnector,
  grantsSurvive,
  type PreconfiguredConnectors,
  type ShownSecrets,
  shownConfig,
  shownSecrets,
  withKeptSecrets,
} from '../connectors/index.ts';
import { type DescribedScope, scopesOfForm } from '../oauth/scopes/index.ts';
import { derivedEndpoints, type ProviderClientFactory } from '../oauth/strategies/index.ts';
import type { CallbackUrl } from './callback_url.ts';
import { type FormWarnings, withDefaults } from './form_warnings.ts';

/** Values of a connector as its edit form shows them. */
export interface ConnectorForm {
  readonly connector: Omit<EditableConnector, 'config' | 'secrets'>;
  /** `undefined`: the connector can be edited. */
  readonly readOnlyReason: 'preconfigured' | 'type_disabled' | 'unknown_type' | undefined;
  /** `undefined`: the connector is preconfigured and its `exposeConfig` is `false`. */
  readonly config: DecryptedConnector['config'] | undefined;
  /** `undefined`: all actions are enabled. */
  readonly enabledActions: readonly string[] | undefined;
  /** `undefined`: preconfigured. */
  readonly secrets: ShownSecrets | undefined;
  /** Redirect URI to register at the provider. `undefined` in the cases of {@link CallbackUrl}. */
  readonly callbackUrl: string | undefined;
}

/** A connector form that has not been saved. */
export interface FormToValidate extends ConnectorValues {
  /** Connector to edit. `undefined`: a new connector. */
  readonly id: string | undefined;
  /** Connector type of a new connector. `undefined` if an existing connector is edited. */
  readonly connectorTypeId: string | undefined;
  /** Version of the connector that the user edited. `undefined`: the version is not compared. */
  readonly version: string | undefined;
  readonly name: string;
}

/** Result of the check of a form. */
export interface FormValidation {
  /** Empty: saving would succeed. */
  readonly issues: readonly FormIssue[];
  /** Settings that can be saved but will not work. Present even if there are issues. */
  readonly warnings: readonly FormIssue[];
  /** Redirect URI to register at the provider. `undefined` in the cases of {@link CallbackUrl}. */
  readonly callbackUrl: string | undefined;
  /** Scopes that the connector would request. Present even if there are issues. Empty: none. */
  readonly requestedScopes: readonly DescribedScope[];
  /**
   * `ends`: the edit ends the authorizations of `users` users. `undefined`: the connector is new,
   * or there are issues.
   */
  readonly disconnects: { readonly ends: boolean; readonly users: number } | undefined;
}

/** Dependencies of {@link ConnectorForms}. */
export interface ConnectorFormsDeps {
  readonly access: AccessControl;
  readonly store: Pick<ConnectorStore, 'readForChange'>;
  readonly preconfigured: PreconfiguredConnectors;
  readonly types: TypeRegistry;
  readonly checks: ConnectorChecks;
  readonly warnings: ConnectorWarnings;
  readonly formWarnings: FormWarnings;
  readonly clients: ProviderClientFactory;
  /** Counts the usable grants of a connector. `fingerprint`: counts only those of this client. */
  readonly countGrants: (connectorId: string, fingerprint: string | undefined) => Promise<number>;
  readonly callbackUrl: CallbackUrl;
}

/**
 * Serves the forms of connectors: returns their stored values and checks them before they are
 * saved. Only users who may save a connector can use it. Never returns a credential.
 */
export class ConnectorForms {
  readonly #deps: ConnectorFormsDeps;

  constructor(deps: ConnectorFormsDeps) {
    this.#deps = deps;
  }

  /**
   * Reads the values of a connector for its edit form.
   * @throws HttpError 403; ConnectorError `not_found`
   */
  async read(principal: Principal, id: string): Promise<ConnectorForm> {
    const { access, store, preconfigured, types, callbackUrl } = this.#deps;
    await access.ensure(principal, 'update', id);
    const event = { operation: 'get', connectorId: id } as const;
    const found = await store.readForChange(id, principal.spaceId);
    if (found === undefined) {
      access.record(principal, { ...event, outcome: 'failure', errorCode: 'not_found' });
      throw connectorNotFound(id);
    }
    access.record(principal, { ...event, outcome: 'success' });
    const { config, secrets, ...connector } = found;
    const type = types.has(found.connectorTypeId) ? types.get(found.connectorTypeId) : undefined;
    const isFixed = found.isPreconfigured === true;
    return {
      connector,
      readOnlyReason: isFixed ? 'preconfigured' : this.#readOnlyReason(found),
      config:
        isFixed && !preconfigured.exposesConfig(id) ? undefined : shownConfig(type?.spec, config),
      enabledActions: enabledActionsOf(config),
      // The configuration file belongs to the operator, so nothing of its secrets is shown.
      secrets: isFixed ? undefined : shownSecrets(type?.spec, found.authType, secrets),
      callbackUrl: callbackUrl({
        authType: found.authType,
        tokenUrl:
          secrets['tokenUrl'] ??
          derivedEndpoints(type?.spec ?? {}, found.authType, config).tokenUrl,
      }),
    };
  }

  /**
   * Checks a form as saving does, and reports the problems of all fields. Does not compare entered
   * values with stored credentials: the result would reveal whether a guess is right.
   * @throws HttpError 403
   * @throws ConnectorError `not_found`, `preconfigured_is_read_only`, `stale_version`
   * @throws ConnectorTypeError `unknown_type`, `type_disabled`
   */
  async validate(principal: Principal, form: FormToValidate): Promise<FormValidation> {
    const { access, checks, types } = this.#deps;
    const { id, name } = form;
    await access.ensure(principal, id === undefined ? 'create' : 'update', id);
    const current =
      id === undefined ? undefined : await checks.writable(id, principal.spaceId, form.version);
    const type = types.getEnabled(current?.connectorTypeId ?? form.connectorTypeId ?? '');
    const callbackUrl = this.#callbackUrlOf(type, form, current);
    const { config } = form;
    const secrets = uncheckedSecrets(form, current);
    const warnings = this.#deps.formWarnings({ type, config, secrets });
    const authType = authTypeOf(secrets, config);
    const requestedScopes = scopesOfForm(type.spec, {
      authType,
      config,
      secrets: withDefaults(type.spec, authType, secrets),
    });
    const parsed = connectorName.safeParse(name.trim() === '' ? '' : name);
    const issues = [
      ...(parsed.success ? [] : toFormIssues('name', parsed.error.issues, name)),
      ...fieldIssues(type, form, current),
    ];
    const refused = (all: readonly FormIssue[]): FormValidation => ({
      issues: all,
      warnings,
      callbackUrl,
      requestedScopes,
      disconnects: undefined,
    });
    // The following checks may send requests to the issuer. They run only if all fields are valid.
    if (issues.length > 0) return refused(issues);
    try {
      const draft = { id: '', spaceId: principal.spaceId, name, version: '' };
      const checked = await this.#check({ ...draft, connectorTypeId: type.id }, form, current);
      const { connector } = checked;
      const disconnects = current && (await this.#disconnects(current, connector));
      return {
        issues: [],
        warnings: [
          ...warnings.map((warning) => withAdvice(warning, connector)),
          ...checked.warnings,
          ...this.#deps.warnings.ofForm(connector),
        ].filter(isFirstOfItsKind),
        callbackUrl,
        requestedScopes,
        disconnects,
      };
    } catch (error) {
      return refused(issuesOfError(error));
    }
  }

  async #check(
    draft: Parameters<ConnectorChecks['ofNew']>[0],
    values: ConnectorValues,
    current: EditableConnector | undefined,
  ): Promise<CheckedConnector> {
    const { checks } = this.#deps;
    if (current === undefined) return checks.ofNew(draft, values);
    await checks.ensureRevocable(current);
    return checks.ofUpdate(current, values);
  }

  /**
   * Returns whether the edit ends authorizations, and of how many users. Reports none for a changed
   * shared credential, because comparing it would reveal whether a guess equals the stored one.
   */
  async #disconnects(
    current: EditableConnector,
    next: DecryptedConnector,
  ): Promise<FormValidation['disconnects']> {
    const { clients, countGrants } = this.#deps;
    if (current.authMode === 'shared' || grantsSurvive(current, next, clients))
      return { ends: false, users: 0 };
    const users = await countGrants(current.id, clientFingerprintOf(current, clients));
    return { ends: true, users };
  }

  #readOnlyReason({ connectorTypeId }: EditableConnector): ConnectorForm['readOnlyReason'] {
    const { types } = this.#deps;
    if (!types.has(connectorTypeId)) return 'unknown_type';
    return types.isEnabled(connectorTypeId) ? undefined : 'type_disabled';
  }

  /**
   * Returns the redirect URI even if other fields are empty or invalid: administrators need it to
   * register the app, and only then know the values of these fields.
   */
  #callbackUrlOf(
    type: ConnectorType,
    { config, secrets, keepSecrets = [] }: ConnectorValues,
    current: EditableConnector | undefined,
  ): string | undefined {
    const stored = current?.secrets ?? {};
    const sent = secrets ?? (keepSecrets.length > 0 ? {} : stored);
    const authType = authTypeOf('authType' in sent ? sent : stored, config);
    const byDefault = authTypeEntryOf(type.spec, authType)?.defaults['tokenUrl'];
    const kept = keepSecrets.includes('tokenUrl') ? stored['tokenUrl'] : undefined;
    const derived = derivedEndpoints(type.spec, authType, config).tokenUrl;
    const tokenUrl = sent['tokenUrl'] ?? kept ?? byDefault ?? derived;
    return this.#deps.callbackUrl({ authType, tokenUrl });
  }
}

/**
 * Returns the secrets of the form together with the stored ones that it keeps. Checks no value and
 * never throws.
 */
function uncheckedSecrets(
  { secrets, keepSecrets = [] }: ConnectorValues,
  current: EditableConnector | undefined,
): DecryptedConnector['secrets'] {
  const stored = current?.secrets ?? {};
  if (secrets === undefined) return stored;
  return { ...Object.fromEntries(keepSecrets.map((name) => [name, stored[name]])), ...secrets };
}

/**
 * If the issuer's metadata contains a revocation endpoint, replaces the warning by the advice to
 * enter that endpoint.
 */
function withAdvice(warning: FormIssue, { issuerCheck }: DecryptedConnector): FormIssue {
  if (warning.code !== 'revocation_unknown' || issuerCheck?.revocationEndpoint === undefined)
    return warning;
  return {
    ...warning,
    code: 'revocation_offered',
    message:
      'The metadata of the issuer names a revocation endpoint. Enter it here, so that disconnecting also ends the authorization at the provider.',
  };
}

const isFirstOfItsKind = (
  { path, code }: FormIssue,
  at: number,
  all: readonly FormIssue[],
): boolean => all.findIndex((one) => one.path === path && one.code === code) === at;

/** Returns the problems of the fields of config and secrets. */
function fieldIssues(
  type: ConnectorType,
  values: ConnectorValues,
  current: EditableConnector | undefined,
): readonly FormIssue[] {
  return [
    ...issuesFrom(() => type.validate.config(values.config)),
    ...issuesFrom(() => {
      const secrets = secretsToValidate(values, current);
      if (secrets !== undefined) type.validate.secrets(secrets);
    }),
  ];
}

/** Returns the secrets to validate. `undefined`: the form leaves the stored secrets unchanged. */
function secretsToValidate(
  { secrets, keepSecrets }: ConnectorValues,
  current: EditableConnector | undefined,
): DecryptedConnector['secrets'] | undefined {
  if (current === undefined) return secrets ?? {};
  return keepSecrets === undefined ? secrets : withKeptSecrets(current, { secrets, keepSecrets });
}

function issuesFrom(check: () => unknown): readonly FormIssue[] {
  try {
    check();
    return [];
  } catch (error) {
    return issuesOfError(error);
  }
}

/**
 * Returns the issues of an error that refuses entered values.
 * @throws any other error
 */
function issuesOfError(error: unknown): readonly FormIssue[] {
  if (error instanceof ConnectorError) return issuesOf(error);
  if (error instanceof ConnectorTypeError && error.issues.length > 0) return error.issues;
  throw error;
}
