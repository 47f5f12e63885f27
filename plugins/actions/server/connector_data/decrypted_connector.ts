import type { AuthMode } from '@latchkey/connector-specs';

/**
 * Result of comparing a connector with the metadata of the issuer that it names (RFC 8414). The
 * check is made when the connector is saved. Contains no secret.
 */
export interface IssuerCheck {
  /**
   * Issuer whose metadata was read. If the connector names another issuer, this result is ignored.
   */
  readonly issuer: string;
  /** Hash of the authorization URL and token URL with which the metadata was compared. */
  readonly endpoints: string;
  /**
   * `false`: the metadata could not be read, and no earlier check with the same settings succeeded.
   */
  readonly isConfirmed: boolean;
  /**
   * `true`: the metadata was read from a path where only the operator of the issuer's origin can
   * publish (RFC 8414 §3.1). Absent: an older version made the check without storing this, so it is
   * known only for an issuer without a path.
   */
  readonly isPublishedByOrigin?: boolean | undefined;
  /**
   * `true`: the metadata says that each authorization response contains `iss`. A response without
   * `iss` is therefore refused (RFC 9207 §2.4).
   */
  readonly issuerRequiredInResponse: boolean;
  /**
   * Revocation endpoint of the metadata (RFC 7009). Absent: the metadata names none, or an older
   * version made the check.
   */
  readonly revocationEndpoint?: string | undefined;
  /**
   * Userinfo endpoint of the metadata (OpenID Connect Core §5.3). Absent: the metadata names none,
   * or an older version made the check.
   */
  readonly userinfoEndpoint?: string | undefined;
  /** Sentences for the administrator about differences that do not prevent saving. */
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
  /**
   * Auth type that the secrets name, else the one that the config names, else `none`
   * (`authTypeOf`).
   */
  readonly authType: string;
  /** Derived from `authType` whenever the connector is read. The stored copy serves lists only. */
  readonly authMode: AuthMode;
  /** Version of the saved object, which changes with every edit. */
  readonly version: string;
  /**
   * Result of the check of the issuer. `undefined`: the connector names no issuer, is
   * preconfigured, or was saved by a version that did not check.
   */
  readonly issuerCheck?: IssuerCheck | undefined;
  /**
   * User who created the connector. `undefined`: preconfigured, or created by an older version that
   * did not store it.
   */
  readonly createdBy?: ConnectorAuthor | undefined;
  /**
   * User who edited the connector last. `undefined`: the connector was never edited, or was edited
   * by an older version that did not store the editor.
   */
  readonly updatedBy?: ConnectorAuthor | undefined;
  /** Instant at which the connector was created. `undefined`: preconfigured. */
  readonly createdAt?: Date | undefined;
  readonly updatedAt?: Date | undefined;
  /**
   * `true`: the connector is defined in the configuration file and cannot be changed by the API.
   */
  readonly isPreconfigured?: boolean;
  /**
   * Sentence for all users that says why the connector cannot be executed. `undefined`: the
   * connector can be executed. Only preconfigured connectors have a refusal.
   */
  readonly refusal?: string | undefined;
}

/** User who created or changed a connector, with the username that the user had at that time. */
export interface ConnectorAuthor {
  readonly username: string;
  readonly profileUid: string;
}
