import type { AuthMode } from '@latchkey/connector-specs';

/**
 * Result of reading the metadata of a stated issuer when the connector was last saved (RFC 8414).
 * Contains no secret.
 */
export interface IssuerCheck {
  /** Issuer of the metadata. The check does not apply to another issuer. */
  readonly issuer: string;
  /** Hash of the authorization URL and token URL with which the metadata was compared. */
  readonly endpoints: string;
  /** `false`: the metadata could not be read, and no earlier check of these settings succeeded. */
  readonly isConfirmed: boolean;
  /**
   * `true`: the metadata was at a place where only the operator of the issuer's origin can publish
   * (RFC 8414 §3.1). Absent: an older version read it, so this is known only for an issuer without
   * a path.
   */
  readonly isPublishedByOrigin?: boolean | undefined;
  /**
   * The metadata promises `iss` in every response, so one without it is refused (RFC 9207 §2.4).
   */
  readonly issuerRequiredInResponse: boolean;
  /**
   * Revocation endpoint of the metadata (RFC 7009). Absent: it names none, or an older version read
   * it.
   */
  readonly revocationEndpoint?: string | undefined;
  /**
   * Userinfo endpoint of the metadata (OpenID Connect Core §5.3). Absent: it names none, or an
   * older version read it.
   */
  readonly userinfoEndpoint?: string | undefined;
  /** Texts for the administrator. */
  readonly warnings: readonly string[];
}

/** A connector with its secrets, for server code only. Never sent to clients, never logged. */
export interface DecryptedConnector {
  readonly id: string;
  readonly spaceId: string;
  readonly name: string;
  readonly connectorTypeId: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Auth type of the secrets, else of the config, else `none`; see `authTypeOf`. */
  readonly authType: string;
  /** Derived from `authType` every time, never read from the store. */
  readonly authMode: AuthMode;
  /** Saved-object version. Changes with every edit. */
  readonly version: string;
  /**
   * Result of the check of the issuer. `undefined`: no issuer stated, preconfigured, or saved by a
   * version that did not check.
   */
  readonly issuerCheck?: IssuerCheck | undefined;
  /**
   * User who created the connector. `undefined`: preconfigured, or created by an older version that
   * did not store it.
   */
  readonly createdBy?: ConnectorAuthor | undefined;
  /**
   * The last editor. `undefined`: never edited, or edited by an older version that did not store
   * it.
   */
  readonly updatedBy?: ConnectorAuthor | undefined;
  /** Instant of the creation and of the last write. `undefined`: preconfigured. */
  readonly createdAt?: Date | undefined;
  readonly updatedAt?: Date | undefined;
  /** `true`: the connector is in the configuration file and cannot be changed by API. */
  readonly isPreconfigured?: boolean;
  /**
   * Reason why the connector cannot be executed, as a sentence for all users. `undefined`: it can
   * be executed. Only for preconfigured connectors.
   */
  readonly refusal?: string | undefined;
}

/** The user who created or changed a connector, with the username at that time. */
export interface ConnectorAuthor {
  readonly username: string;
  readonly profileUid: string;
}
