import { authTypeOf } from '@latchkey/connector-specs';
import type { FormIssue } from '../../common/index.ts';
import {
  ConnectorError,
  connectorNotFound,
  type DecryptedConnector,
  type IssuerCheck,
} from '../connector_data/index.ts';
import type { ConnectorType, TypeRegistry } from '../connector_types/index.ts';
import type { EndpointRefusal } from '../oauth/strategies/index.ts';
import type { Tokens } from '../oauth/tokens/index.ts';
import { authModeOfConnector, withAuthType } from './auth_mode.ts';
import { ensureSizeAllowed } from './connector_limits.ts';
import type { ConnectorStore, EditableConnector } from './connector_store.ts';
import type { IssuerDiscovery } from './issuer_discovery.ts';
import { ensureKeptSecretsStay } from './kept_secrets.ts';
import type { PreconfiguredConnectors } from './preconfigured.ts';
import { type ConnectorValues, ensureSameAuth, secretsAfterUpdate } from './update_rules.ts';

type Values = Readonly<Record<string, unknown>>;

/** Values that passed all checks and may be saved. */
export interface CheckedConnector {
  /** The parsed values to store. The config contains a copy of the auth type. */
  readonly valid: { readonly config: Values; readonly secrets: Values };
  readonly issuerCheck: IssuerCheck | undefined;
  /** The connector as it will be after it is saved. */
  readonly connector: DecryptedConnector;
  /** Warnings of the check of the issuer, each with the path of its field. */
  readonly warnings: readonly FormIssue[];
}

/** Dependencies of {@link ConnectorChecks}. */
export interface ConnectorCheckDeps {
  readonly store: Pick<ConnectorStore, 'readForChange'>;
  readonly preconfigured: PreconfiguredConnectors;
  readonly types: TypeRegistry;
  readonly grants: Pick<Tokens['grants'], 'hasGrants'>;
  readonly discoverIssuer: IssuerDiscovery;
  /** Returns the reasons to refuse the endpoints of a connector. Empty: there are none. */
  readonly endpointRefusals: (connector: DecryptedConnector) => readonly EndpointRefusal[];
}

type Draft = Pick<DecryptedConnector, 'id' | 'spaceId' | 'name' | 'connectorTypeId' | 'version'>;

/**
 * Checks values before they are saved. The validation of a form runs the same checks, so it cannot
 * accept what saving refuses. Checks no privileges.
 */
export class ConnectorChecks {
  readonly #deps: ConnectorCheckDeps;

  constructor(deps: ConnectorCheckDeps) {
    this.#deps = deps;
  }

  /**
   * Checks a new connector.
   * @throws ConnectorError `connector_too_large`, or the code of a refusal by the endpoint checks
   * or by the comparison with the issuer's metadata
   * @throws ConnectorTypeError for an invalid type, config or secrets
   */
  async ofNew(draft: Draft, { config, secrets = {} }: ConnectorValues): Promise<CheckedConnector> {
    const type = this.#deps.types.getEnabled(draft.connectorTypeId);
    return this.#checked(draft, validated(type, config, secrets), { current: undefined });
  }

  /**
   * Checks a change of a connector.
   * @throws as {@link ofNew}, and ConnectorError `auth_type_is_fixed`, `auth_mode_is_fixed`,
   * `secrets_required`, `invalid_keep_secrets`
   */
  async ofUpdate(current: EditableConnector, values: ConnectorValues): Promise<CheckedConnector> {
    const type = this.#deps.types.getEnabled(current.connectorTypeId);
    const valid = validated(type, values.config, secretsAfterUpdate(current, values, type));
    ensureSameAuth(current, valid);
    const { keepSecrets = [] } = values;
    const authType = authTypeOf(valid.secrets, valid.config);
    ensureKeptSecretsStay(current, { ...valid, authType }, { keepSecrets, type });
    return this.#checked(current, valid, { current });
  }

  /**
   * Reads the stored connector that is about to be changed.
   * @param version version that the caller edited. `undefined`: the version is not compared
   * @throws ConnectorError `not_found`, `preconfigured_is_read_only`, `stale_version`
   */
  async writable(id: string, spaceId: string, version?: string): Promise<EditableConnector> {
    if (this.#deps.preconfigured.has(id)) {
      throw new ConnectorError(
        'preconfigured_is_read_only',
        id,
        `Preconfigured connector [${id}] can only be changed in the configuration file`,
      );
    }
    const connector = await this.#deps.store.readForChange(id, spaceId);
    if (connector === undefined) throw connectorNotFound(id);
    if (version !== undefined && version !== connector.version) {
      throw new ConnectorError(
        'stale_version',
        id,
        `Connector [${id}] was changed by another request. Read it again before you change it.`,
      );
    }
    return connector;
  }

  /**
   * Refuses a change or deletion when this server cannot decrypt the client and the connector has
   * grants. The revocation job needs the client; without it, the grants would stay valid at the
   * provider.
   * @throws ConnectorError `key_not_configured`
   */
  async ensureRevocable({ id, missingKey }: EditableConnector): Promise<void> {
    if (missingKey === undefined || !(await this.#deps.grants.hasGrants(id))) return;
    throw new ConnectorError(
      'key_not_configured',
      id,
      `This server lacks the key of connector [${id}], which is needed to revoke the authorizations of its users. List the key under xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys, or send the request to a server that has it. If the key is lost, delete the connector with [force=true]; its users must then revoke their authorizations at the provider.`,
      { cause: missingKey },
    );
  }

  async #checked(
    draft: Draft,
    valid: CheckedConnector['valid'],
    { current }: { readonly current: EditableConnector | undefined },
  ): Promise<CheckedConnector> {
    const next = asConnector(draft, valid);
    ensureSizeAllowed(next, current);
    const discovered = await this.#deps.discoverIssuer(next, current?.issuerCheck);
    const issuerCheck = discovered?.check;
    const connector = { ...next, issuerCheck };
    const [refusal] = this.#deps.endpointRefusals(connector);
    if (refusal !== undefined) {
      const { code, message, field } = refusal;
      const fields = field === undefined ? {} : { fields: [field] };
      throw new ConnectorError(code, connector.id, message, fields);
    }
    return { valid, issuerCheck, connector, warnings: discovered?.warnings ?? [] };
  }
}

/** Returns the connector as it will be after the values are stored. */
function asConnector(current: Draft, { config, secrets }: CheckedConnector['valid']) {
  const authType = authTypeOf(secrets, config);
  return { ...current, config, secrets, authType, authMode: authModeOfConnector(secrets, config) };
}

/** Parses the values to store, and adds the copy of the auth type to the config. */
function validated(type: ConnectorType, config: Values, secrets: Values) {
  const valid = type.validate.secrets(secrets);
  const validConfig = type.validate.config(config);
  type.validate.derivedEndpoints(validConfig, valid);
  return { secrets: valid, config: withAuthType(validConfig, valid) };
}
