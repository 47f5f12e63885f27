import { authModeOf } from '@latchkey/connector-specs';
import type { Principal, Randomness } from '@latchkey/core/server';
import type { AccessControl } from '../audit/index.ts';
import type { TypeRegistry } from '../connector_types/index.ts';
import type { ConnectorView, DecryptedConnector, GrantClients, GrantService } from '../types.ts';
import { authTypeOf, withAuthType } from './auth_mode.ts';
import { ConnectorError } from './connector_error.ts';
import type { ConnectorStore } from './connector_store.ts';
import { preconfiguredViewOf, viewOf } from './connector_view.ts';
import { grantsSurvive } from './grants_survive.ts';
import type { PreconfiguredConnectors } from './preconfigured.ts';

type Values = Readonly<Record<string, unknown>>;

/** A connector as a caller describes it. */
export interface ConnectorInput {
  readonly name: string;
  readonly config: Values;
  /** `undefined` on an update keeps the stored ones. */
  readonly secrets: Values | undefined;
}

/** What {@link ConnectorService} works with. */
export interface ConnectorServiceDeps {
  readonly store: ConnectorStore;
  readonly preconfigured: PreconfiguredConnectors;
  readonly types: TypeRegistry;
  readonly grants: GrantService;
  readonly clients: GrantClients;
  readonly access: AccessControl;
  readonly randomness: Randomness;
}

/** Create, read, update and delete as one person in one space. A connector of another space does not exist. */
export class ConnectorService {
  readonly #deps: ConnectorServiceDeps;

  constructor(deps: ConnectorServiceDeps) {
    this.#deps = deps;
  }

  /** @throws ConnectorError `id_taken`; ConnectorTypeError for a type, config or secrets that do not fit */
  async create(
    principal: Principal,
    request: ConnectorInput & { readonly id: string | undefined; readonly connectorTypeId: string },
  ): Promise<ConnectorView> {
    const { access, store, preconfigured, randomness } = this.#deps;
    const id = request.id ?? randomness.uuid();
    await access.ensure(principal, 'create', id);
    if (preconfigured.has(id)) {
      throw new ConnectorError(
        'id_taken',
        id,
        `Connector id [${id}] belongs to a preconfigured connector`,
      );
    }
    const { connectorTypeId } = request;
    const valid = this.#validate(connectorTypeId, request.config, request.secrets ?? {});
    access.record(principal, { operation: 'create', outcome: 'unknown', connectorId: id });
    const created = await store.create(
      { name: request.name, connectorTypeId, ...valid },
      { id, spaceId: principal.spaceId },
    );
    return viewOf({ ...created, isMissingSecrets: false });
  }

  /** @throws ConnectorError `not_found` */
  async get(principal: Principal, id: string): Promise<ConnectorView> {
    const { access, store, preconfigured } = this.#deps;
    await access.ensure(principal, 'get', id);
    access.record(principal, { operation: 'get', outcome: 'success', connectorId: id });
    const fixed = preconfigured.get(id, principal.spaceId);
    if (fixed !== undefined) return preconfiguredViewOf(fixed, preconfigured.exposesConfig(id));
    const connector = await store.read(id, principal.spaceId);
    if (connector === undefined) throw notFound(id);
    return viewOf(connector);
  }

  /** Stored connectors by name, then preconfigured ones. */
  async getAll(principal: Principal): Promise<readonly ConnectorView[]> {
    const { access, store, preconfigured } = this.#deps;
    await access.ensure(principal, 'get');
    access.record(principal, { operation: 'find', outcome: 'success' });
    const stored = await store.list(principal.spaceId);
    const fixed = preconfigured.list().flatMap(({ id, exposeConfig }) => {
      const connector = preconfigured.get(id, principal.spaceId);
      return connector === undefined ? [] : [preconfiguredViewOf(connector, exposeConfig)];
    });
    return [...stored.map(viewOf), ...fixed];
  }

  /**
   * A rename or another description keeps everybody connected; grants end, and are revoked where they were made, only when the tokens would go
   * elsewhere or somebody else would ask for them.
   * @returns the connector, and how many people must authorize again
   * @throws ConnectorError `not_found`, `preconfigured_is_read_only`, `auth_type_is_fixed`, `auth_mode_is_fixed`, `secrets_required`
   */
  async update(
    principal: Principal,
    id: string,
    input: ConnectorInput,
  ): Promise<{ readonly connector: ConnectorView; readonly disconnected: number }> {
    const { access, store, grants, clients } = this.#deps;
    await access.ensure(principal, 'update', id);
    const current = await this.#writable(id, principal.spaceId);
    const secrets = this.#secretsAfter(current, input);
    const valid = this.#validate(current.connectorTypeId, input.config, secrets);
    ensureSameAuth(current, valid.secrets);
    access.record(principal, { operation: 'update', outcome: 'unknown', connectorId: id });
    const { connectorTypeId } = current;
    const updated = await store.replace(current, { name: input.name, connectorTypeId, ...valid });
    const disconnected = grantsSurvive(current, updated, clients)
      ? 0
      : await grants.endGrantsOfConnector({
          connector: current,
          reason: 'connector_changed',
          actor: principal,
        });
    return { connector: viewOf({ ...updated, isMissingSecrets: false }), disconnected };
  }

  /** Ends and revokes every grant first, while the connector still knows where. @throws ConnectorError `not_found`, `preconfigured_is_read_only` */
  async delete(principal: Principal, id: string): Promise<void> {
    const { access, store, grants } = this.#deps;
    await access.ensure(principal, 'delete', id);
    const current = await this.#writable(id, principal.spaceId);
    access.record(principal, { operation: 'delete', outcome: 'unknown', connectorId: id });
    await grants.endGrantsOfConnector({
      connector: current,
      reason: 'connector_deleted',
      actor: principal,
    });
    await store.delete(id, principal.spaceId);
  }

  async #writable(id: string, spaceId: string): Promise<DecryptedConnector> {
    if (this.#deps.preconfigured.has(id)) {
      throw new ConnectorError(
        'preconfigured_is_read_only',
        id,
        `Preconfigured connector [${id}] can only be changed in the configuration file`,
      );
    }
    const connector = await this.#deps.store.readDecrypted(id, spaceId);
    if (connector === undefined) throw notFound(id);
    return connector;
  }

  /** Secrets cannot be read back, so leaving them out means keeping them; but never for another host (attack 48). */
  #secretsAfter(current: DecryptedConnector, input: ConnectorInput): Values {
    if (input.secrets !== undefined) return input.secrets;
    const { validate, credentialOrigins } = this.#deps.types.get(current.connectorTypeId);
    const before = credentialOrigins(current.config);
    const after = credentialOrigins(validate.config(input.config));
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      throw new ConnectorError(
        'secrets_required',
        current.id,
        'The connector would send its credentials to another host. Enter the secrets again.',
      );
    }
    return current.secrets;
  }

  #validate(
    connectorTypeId: string,
    config: Values,
    secrets: Values,
  ): { config: Values; secrets: Values } {
    const { validate } = this.#deps.types.getEnabled(connectorTypeId);
    const valid = validate.secrets(secrets);
    return { secrets: valid, config: withAuthType(validate.config(config), valid) };
  }
}

/** Grants of one auth type mean nothing to another. */
function ensureSameAuth(current: DecryptedConnector, secrets: Values): void {
  const next = authTypeOf(secrets, {});
  if (next === current.authType) return;
  if (current.authMode === 'per-user') {
    throw new ConnectorError(
      'auth_type_is_fixed',
      current.id,
      'The authentication type of a connector with per-user authorization cannot be changed. Create a new connector.',
    );
  }
  if (authModeOf(next) === 'per-user') {
    throw new ConnectorError(
      'auth_mode_is_fixed',
      current.id,
      'A connector with shared credentials cannot change to per-user authorization. Create a new connector.',
    );
  }
}

function notFound(id: string): ConnectorError {
  return new ConnectorError('not_found', id, `Saved object [action/${id}] not found`);
}
