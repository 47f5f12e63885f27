import { type ConnectorSpec, providerOf } from '@latchkey/connector-specs';
import { buildFromSpec } from './build_from_spec.ts';
import type { ConnectorType, ConnectorTypeDeps, OAuthDescription } from './connector_type.ts';
import { ConnectorTypeError } from './connector_type_error.ts';
import { enteredGrantHosts, grantFactsInOrigins, urlConfigFields } from './url_fields.ts';

/**
 * The connector types of this server. Types are registered during setup and read after `close()`,
 * which is called at start. The registry never opens again, so every request sees the same types.
 */
export class TypeRegistry {
  readonly #types = new Map<string, ConnectorType>();
  /**
   * Types that only server code uses: users can neither list them nor create connectors of them.
   */
  readonly #systemTypes = new Map<string, ConnectorType>();
  readonly #enabledActionTypes: ReadonlySet<string>;
  readonly #deps: ConnectorTypeDeps;
  #isClosed = false;

  /**
   * @param options.enabledActionTypes type ids, or `*` for all (`xpack.actions.enabledActionTypes`)
   */
  constructor(options: ConnectorTypeDeps & { readonly enabledActionTypes: readonly string[] }) {
    const { enabledActionTypes, ...deps } = options;
    this.#enabledActionTypes = new Set(enabledActionTypes);
    this.#deps = deps;
  }

  /**
   * Adds a connector type.
   * @throws ConnectorTypeError `registry_closed`, `duplicate_type`, `invalid_spec`
   */
  register(spec: ConnectorSpec): void {
    const { id } = spec.metadata;
    if (this.#isClosed) {
      throw new ConnectorTypeError(
        'registry_closed',
        id,
        `connector type [${id}] was registered after the start of the server: register it during setup`,
      );
    }
    if (this.#types.has(id)) {
      throw new ConnectorTypeError(
        'duplicate_type',
        id,
        `connector type [${id}] is already registered`,
      );
    }
    this.#types.set(id, buildFromSpec(spec, this.#deps));
  }

  /**
   * Adds a type that only server code uses. It is not listed, and no connector can have it.
   * @throws ConnectorTypeError `invalid_spec`
   */
  registerSystem(spec: ConnectorSpec): void {
    this.#systemTypes.set(spec.metadata.id, buildFromSpec(spec, this.#deps));
  }

  /**
   * Returns a type that only server code uses. The type is enabled if the setting lists its own id
   * or its id without the suffix `-system`: `.http` enables `.http-system`.
   * @throws ConnectorTypeError `unknown_type`, `type_disabled`
   */
  getSystem(id: string): ConnectorType {
    const type = this.#systemTypes.get(id);
    if (type === undefined) throw unknownType(id);
    if (!this.isEnabled(id) && !this.isEnabled(id.replace(/-system$/, ''))) throw typeDisabled(id);
    return type;
  }

  /** Closes the registry. Called once, when the plugin starts. */
  close(): void {
    this.#isClosed = true;
  }

  has(id: string): boolean {
    return this.#types.has(id);
  }

  /**
   * Returns a connector type.
   * @throws ConnectorTypeError `unknown_type`
   */
  get(id: string): ConnectorType {
    const type = this.#types.get(id);
    if (type === undefined) throw unknownType(id);
    return type;
  }

  /** Returns the spec of a connector type. `undefined`: the type is not registered. */
  findSpec(id: string): ConnectorSpec | undefined {
    return this.#types.get(id)?.spec;
  }

  /** Returns all types in the order of registration, disabled types included. */
  list(filter: { readonly featureId?: string | undefined } = {}): readonly ConnectorType[] {
    const { featureId } = filter;
    return [...this.#types.values()].filter(
      (type) => featureId === undefined || type.supportedFeatureIds.includes(featureId),
    );
  }

  /**
   * Returns `true` if `xpack.actions.enabledActionTypes` contains the type. Connectors of other
   * types cannot be created, and cannot be executed unless they are preconfigured.
   */
  isEnabled(id: string): boolean {
    return this.#enabledActionTypes.has('*') || this.#enabledActionTypes.has(id);
  }

  /**
   * Returns the type of a connector that is about to be executed. `enabledActionTypes` does not
   * limit preconfigured connectors.
   * @throws ConnectorTypeError `unknown_type`, `type_disabled`; `invalid_config` if the connector
   * cannot be executed
   */
  getExecutable(connector: {
    readonly connectorTypeId: string;
    readonly isPreconfigured?: boolean;
    readonly refusal?: string | undefined;
  }): ConnectorType {
    const { connectorTypeId, isPreconfigured, refusal } = connector;
    const type =
      isPreconfigured === true ? this.get(connectorTypeId) : this.getEnabled(connectorTypeId);
    if (refusal !== undefined) throw new ConnectorTypeError('invalid_config', type.id, refusal);
    return type;
  }

  /**
   * Returns a type with which a connector may be created or changed.
   * @throws ConnectorTypeError `unknown_type`, `type_disabled`
   */
  getEnabled(id: string): ConnectorType {
    const type = this.get(id);
    if (!this.isEnabled(id)) throw typeDisabled(id);
    return type;
  }

  /**
   * Describes how the provider of a type differs from the RFCs, and where its API is.
   * @throws ConnectorTypeError `unknown_type`
   */
  describeOAuth(id: string): OAuthDescription {
    const { spec, credentialOrigins } = this.get(id);
    const provider = providerOf(spec);
    const inOrigins = grantFactsInOrigins(spec);
    return {
      provider,
      grantHosts: (config) => [
        ...(provider?.grantFacts ?? [])
          .filter(({ name }) => inOrigins.includes(name))
          .flatMap(({ hosts = [] }) => hosts),
        ...enteredGrantHosts(spec, config),
      ],
      urlConfigFields: urlConfigFields(spec),
      apiOrigins: credentialOrigins,
    };
  }
}

function unknownType(id: string): ConnectorTypeError {
  return new ConnectorTypeError('unknown_type', id, `connector type [${id}] is not registered`);
}

function typeDisabled(id: string): ConnectorTypeError {
  return new ConnectorTypeError(
    'type_disabled',
    id,
    `connector type [${id}] is disabled by xpack.actions.enabledActionTypes`,
  );
}
