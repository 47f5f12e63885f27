import type { ConnectorSpec, MappedCredentials } from '@latchkey/connector-specs';
import type { GrantFacts, ProviderEntry } from '@latchkey/oauth-providers';

type Values = Readonly<Record<string, unknown>>;

/** The parameters of one execution after validation, with defaults and transforms applied. */
export interface ValidatedParams {
  readonly subAction: string;
  readonly subActionParams: unknown;
  /**
   * `maxContentLength`: maximum size of a response in this execution, in bytes. `undefined`: the
   * limit of the server applies.
   */
  readonly fetchOptions: { readonly maxContentLength: number } | undefined;
}

/** Validators for the input of connectors of one type. */
export interface ConnectorTypeValidators {
  /**
   * Parses the config and checks its URLs. Accepts the member `authType`, which the server adds as
   * a copy of the auth type in the secrets.
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
   * Checks the endpoints that the provider definition derives from config fields.
   * @param config validated by `config`
   * @param secrets validated by `secrets`
   * @throws ConnectorTypeError `invalid_config`, `url_not_allowed`
   */
  derivedEndpoints(config: Values, secrets: Values): void;
  /**
   * Parses the params of an execution: the name of the action and its input. Params without a name
   * are the input of the default action of the type.
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
  /** `true`: the type has a connection test, which is executed as sub-action `_test`. */
  readonly isTestable: boolean;
  readonly source: 'spec';
  /** Headers that every request of the type contains by default. */
  readonly globalAuthHeaders: Readonly<Record<string, string>>;
  readonly spec: ConnectorSpec;
  /**
   * Origins that may receive the connector's credentials, sorted, for the option
   * `credentialOrigins` of the egress. `undefined`: every origin of the allow-list. Empty: no
   * origin.
   * @param facts grant facts that the provider definition permits. Default: none
   */
  credentialOrigins(config: Values, facts?: GrantFacts): readonly string[] | undefined;
  readonly validate: ConnectorTypeValidators;
  /**
   * Maps validated secrets to those of an auth type, for a connector type that defines its own
   * secrets. `undefined`: the secrets already are those of an auth type.
   * @throws ConnectorTypeError `invalid_secrets`
   */
  readonly mapCredentials: ((config: Values, secrets: Values) => MappedCredentials) | undefined;
}

/** Properties of a connector type that OAuth strategies need. */
export interface OAuthDescription {
  /**
   * Provider definition; its URLs may contain placeholders. `undefined`: the provider is unknown
   * and treated as the RFCs say.
   */
  readonly provider: ProviderEntry | undefined;
  /** Config fields with the address of the API. A change of the host in one of them ends grants. */
  readonly urlConfigFields: readonly string[];
  /** As {@link ConnectorType.credentialOrigins}. `undefined`: every origin of the allow-list. */
  apiOrigins(config: Values): readonly string[] | undefined;
  /** Returns the patterns of the hosts that grant facts may name. Empty: they may name none. */
  grantHosts(config: Values): readonly string[];
}

/** Dependencies of {@link buildFromSpec}. */
export interface ConnectorTypeDeps {
  /**
   * Checks a URI.
   * @throws EgressError when scheme, host or literal address is not allowed
   */
  readonly ensureUriAllowed: (uri: string) => void;
  /**
   * Returns `false` if EARS is not configured. Secrets of EARS are then refused with an error that
   * names the setting. Default: EARS is available.
   */
  readonly isEarsAvailable?: () => boolean;
  /**
   * Maximum size of serialized `subActionParams`, in bytes; also the maximum of
   * `fetchOptions.max_content_length`.
   */
  readonly maxPayloadBytes: number;
}
