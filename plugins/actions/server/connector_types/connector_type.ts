import type { ConnectorSpec, MappedCredentials } from '@latchkey/connector-specs';
import type { GrantFacts, ProviderEntry } from '@latchkey/oauth-providers';

type Values = Readonly<Record<string, unknown>>;

/** The params of one execution after validation, with defaults and transforms applied. */
export interface ValidatedParams {
  readonly subAction: string;
  readonly subActionParams: unknown;
  /**
   * `maxContentLength`: maximum bytes of a response of this call. `undefined`: the limit of the
   * server.
   */
  readonly fetchOptions: { readonly maxContentLength: number } | undefined;
}

/** Validators for the input of a connector of this type. */
export interface ConnectorTypeValidators {
  /**
   * Parses the config and checks its URLs. Accepts a member `authType`, the server's own copy of
   * the auth type.
   * @throws ConnectorTypeError `invalid_config`, `url_not_allowed`
   */
  config(config: unknown): Values;
  /**
   * Parses the secrets, applies hidden defaults and checks the URLs of the chosen auth type. A
   * missing `authType` means `none`.
   * @throws ConnectorTypeError `invalid_secrets`, `url_not_allowed`, `ears_unavailable`
   */
  secrets(secrets: unknown): Values;
  /**
   * Checks the endpoints that the provider derives from the config.
   * @param config validated
   * @param secrets validated
   * @throws ConnectorTypeError `invalid_config`, `url_not_allowed`
   */
  derivedEndpoints(config: Values, secrets: Values): void;
  /**
   * Parses the envelope and the input of the action. Without an envelope, parses the input of the
   * type's default action.
   * @throws ConnectorTypeError `invalid_params`, `params_too_large`
   */
  params(params: unknown): ValidatedParams;
}

/** A registered connector type. */
export interface ConnectorType {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly minimumLicenseRequired: 'basic' | 'gold' | 'platinum' | 'enterprise';
  readonly supportedFeatureIds: readonly string[];
  readonly isExperimental: boolean;
  /** `true`: has a connection test, executed as sub-action `_test`. */
  readonly isTestable: boolean;
  readonly source: 'spec';
  /** Default headers of every call. */
  readonly globalAuthHeaders: Readonly<Record<string, string>>;
  readonly spec: ConnectorSpec;
  /**
   * Origins that may receive the connector's credentials, sorted, for `credentialOrigins` of the
   * egress. `undefined`: no limit besides the allow-list. Empty: no origin.
   * @param facts of the grant, permitted by the entry of the provider. Default: none
   */
  credentialOrigins(config: Values, facts?: GrantFacts): readonly string[] | undefined;
  /** `true`: the origins depend on the facts of a grant. */
  readonly hasOriginsOfGrants: boolean;
  readonly validate: ConnectorTypeValidators;
  /**
   * For a type whose secrets have their own shape: maps validated secrets to those of an auth type.
   * `undefined`: they already have that shape.
   * @throws ConnectorTypeError `invalid_secrets`
   */
  readonly mapCredentials: ((config: Values, secrets: Values) => MappedCredentials) | undefined;
}

/** The parts of a type that OAuth strategies use besides the connector's secrets. */
export interface OAuthDescription {
  /** Provider, whose URLs may contain placeholders. `undefined`: it follows the RFCs. */
  readonly provider: ProviderEntry | undefined;
  /** Config fields with the address of the API. A change of their host ends grants. */
  readonly urlConfigFields: readonly string[];
  /** As {@link ConnectorType.credentialOrigins}. `undefined`: no limit besides the allow-list. */
  apiOrigins(config: Values): readonly string[] | undefined;
  /** Patterns of the hosts that facts of a grant may name. Empty: none. */
  readonly grantHosts: readonly string[];
}

/** Dependencies of {@link buildFromSpec}. */
export interface ConnectorTypeDeps {
  /**
   * Checks a URI.
   * @throws EgressError when scheme, host or literal address is not allowed
   */
  readonly ensureUriAllowed: (uri: string) => void;
  /**
   * `false`: EARS is not configured, so its secrets are refused with the name of the setting.
   * Default: always available.
   */
  readonly isEarsAvailable?: () => boolean;
  /**
   * Maximum bytes of serialised `subActionParams`, and maximum of
   * `fetchOptions.max_content_length`.
   */
  readonly maxPayloadBytes: number;
}
