import type {
  ConnectorSpec,
  MappedCredentials,
  OAuthProviderFacts,
} from '@latchkey/connector-specs';

type Values = Readonly<Record<string, unknown>>;

/** The params of one execution after validation: defaults applied, transforms done. */
export interface ValidatedParams {
  readonly subAction: string;
  readonly subActionParams: unknown;
  readonly fetchOptions: { readonly maxContentLength: number } | undefined;
}

/** What a caller may hand to a connector of this type. */
export interface ConnectorTypeValidators {
  /**
   * Parses the config and checks its URLs. A member `authType` (the server's own copy of the secrets' discriminator) passes through.
   * @throws ConnectorTypeError `invalid_config`, `url_not_allowed`
   */
  config(config: unknown): Values;
  /**
   * Parses the secrets, applies hidden defaults and checks the URLs of the chosen auth type. A missing `authType` means `none`.
   * @throws ConnectorTypeError `invalid_secrets`, `url_not_allowed`, `ears_unavailable`
   */
  secrets(secrets: unknown): Values;
  /**
   * Parses the envelope and the input of the action. Without an envelope, parses the input of the
   * type's default action. @throws ConnectorTypeError `invalid_params`, `params_too_large`
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
  /** Has a connection test, run as sub-action `_test`. */
  readonly isTestable: boolean;
  readonly source: 'spec';
  /** Default headers of every call, whoever makes it. */
  readonly globalAuthHeaders: Readonly<Record<string, string>>;
  readonly spec: ConnectorSpec;
  /**
   * Origins that may receive the connector's credentials, sorted, for egress' `credentialOrigins`. `undefined`: no limit beyond
   * the allow-list. Empty: nobody.
   */
  credentialOrigins(config: Values): readonly string[] | undefined;
  readonly validate: ConnectorTypeValidators;
  /**
   * For a type whose secrets have a shape of their own: maps validated secrets to those of an auth
   * type. `undefined`: they already have that shape.
   * @throws ConnectorTypeError `invalid_secrets`
   */
  readonly mapCredentials: ((config: Values, secrets: Values) => MappedCredentials) | undefined;
}

/** What OAuth strategies need to know of a type beyond the connector's own secrets. */
export interface OAuthDescription {
  readonly facts: OAuthProviderFacts;
  /** Config fields that say where the API is; a change of their host ends grants. */
  readonly urlConfigFields: readonly string[];
  /** As {@link ConnectorType.credentialOrigins}. */
  apiOrigins(config: Values): readonly string[] | undefined;
}

/** What building a type takes from the rest of the plugin. */
export interface ConnectorTypeDeps {
  /** @throws EgressError when scheme, host or literal address is not allowed */
  readonly ensureUriAllowed: (uri: string) => void;
  /** `false`: EARS is not configured, its secrets are refused with the setting's name. Default: always available. */
  readonly isEarsAvailable?: () => boolean;
  /** Bytes of serialised `subActionParams`, and the highest `fetchOptions.max_content_length`. */
  readonly maxPayloadBytes: number;
}
