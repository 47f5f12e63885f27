import { isDeepStrictEqual } from 'node:util';
import {
  accessTokenHeader,
  credentialHeaderNames,
  type MappedCredentials,
  providerRulesOf,
  withoutRemovedActions,
} from '@latchkey/connector-specs';
import { createLruCache } from '@latchkey/core/server';
import type { ClientOptions } from '@latchkey/egress';
import { deepFreeze } from '@latchkey/saved-objects';
import type { DecryptedConnector } from '../connector_data/index.ts';
import type { ConnectorType } from '../connector_types/index.ts';

type Values = Readonly<Record<string, unknown>>;

const MAX_ENTRIES = 1000;

/** The parts of a connector that an execution uses, validated by its type. */
export interface CheckedConnector {
  /** Frozen, because all executions of this version share it. */
  readonly config: Values;
  /** Secrets as stored, after validation. Frozen if the connector is. */
  readonly storedSecrets: Values;
  /**
   * Secrets in the form of {@link authType}. These are the stored ones, unless the type defines its
   * own secrets. Frozen if the connector is.
   */
  readonly secrets: Values;
  readonly authType: string;
  /**
   * Headers with secrets that are sent in addition to those of the auth type. Frozen if the
   * connector is.
   */
  readonly secretHeaders: Readonly<Record<string, string>>;
  /** Limits that the credentials impose on the client. Frozen, unless it contains a certificate. */
  readonly binding: ClientBinding;
}

/** Origins to which the credentials may be sent, and the headers that contain them. */
interface ClientBinding extends ClientOptions {
  /** Names of the headers that contain credentials, in lower case. */
  readonly credentialHeaders: readonly string[];
}

/** Result of validating one version of a connector. Never contains secrets. */
interface CachedCheck {
  readonly version: string;
  readonly config: Values;
  readonly binding: ClientBinding;
  /** `true`: validation leaves the stored secrets unchanged, so it need not be repeated. */
  readonly areSecretsFinal: boolean;
}

/**
 * Validates config and secrets of a connector once per version. This is safe because a version
 * always identifies the same content, and a type does not change while the server runs.
 */
export class ConnectorValidationCache {
  /**
   * Validated connectors. The store returns the same frozen object while a connector is unchanged.
   */
  readonly #checked = new WeakMap<DecryptedConnector, CheckedConnector>();
  /** Results of earlier checks, by space and id of the connector. */
  readonly #known = createLruCache<string, CachedCheck>(MAX_ENTRIES);

  /**
   * Validates a connector with its type.
   * @throws ConnectorTypeError `invalid_config`, `invalid_secrets`, `url_not_allowed`,
   * `ears_unavailable`
   */
  check(connector: DecryptedConnector, type: ConnectorType): CheckedConnector {
    const checked = this.#checked.get(connector);
    if (checked !== undefined) return checked;
    const found = this.#checkVersion(connector, type);
    if (!Object.isFrozen(connector)) return found;
    // Frozen, because all executions of this version share the object, and a handler that changed
    // it would affect other users.
    this.#checked.set(connector, deepFreeze(found));
    return found;
  }

  #checkVersion(connector: DecryptedConnector, type: ConnectorType): CheckedConnector {
    // Space ids contain no slash.
    const key = `${connector.spaceId}/${connector.id}`;
    const known = this.#known.get(key);
    if (known?.version === connector.version) {
      const secrets = known.areSecretsFinal
        ? connector.secrets
        : type.validate.secrets(connector.secrets);
      const mapped = type.mapCredentials?.(known.config, secrets);
      return checked(connector, { config: known.config, secrets, mapped, binding: known.binding });
    }
    return this.#checkAndCache(key, connector, type);
  }

  #checkAndCache(
    key: string,
    connector: DecryptedConnector,
    type: ConnectorType,
  ): CheckedConnector {
    // `structuredClone`, because a schema may return parts of its input, which must not be frozen.
    const stored = withoutRemovedActions(type.spec, connector.config);
    const config = deepFreeze(structuredClone(type.validate.config(stored)));
    const secrets = type.validate.secrets(connector.secrets);
    const mapped = type.mapCredentials?.(config, secrets);
    const binding = deepFreeze({
      credentialOrigins: type.credentialOrigins(config),
      credentialHeaders: [
        ...credentialHeaderNames(mapped?.secrets ?? secrets, mapped?.headers),
        ...tokenHeaderOf(connector, type, config),
      ],
    });
    const areSecretsFinal = isDeepStrictEqual(secrets, connector.secrets);
    this.#known.set(key, {
      version: connector.version,
      config,
      binding,
      areSecretsFinal,
    });
    return checked(connector, { config, secrets, mapped, binding });
  }
}

/** Header that carries the tokens of an OAuth connector. The standard one is listed anyway. */
function tokenHeaderOf(
  { authType }: DecryptedConnector,
  { spec }: ConnectorType,
  config: Values,
): readonly string[] {
  const header = accessTokenHeader(providerRulesOf(spec, config));
  return authType === 'none' || header === 'authorization' ? [] : [header];
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

function checked(
  { authType }: DecryptedConnector,
  found: {
    readonly config: Values;
    readonly secrets: Values;
    readonly mapped: MappedCredentials | undefined;
    readonly binding: ClientBinding;
  },
): CheckedConnector {
  const { config, secrets, mapped, binding } = found;
  if (mapped === undefined) {
    return {
      config,
      secrets,
      storedSecrets: secrets,
      authType,
      secretHeaders: NO_HEADERS,
      binding,
    };
  }
  const { tls } = mapped;
  const isUsualTls = Object.values(tls).every((value) => value === undefined);
  return {
    config,
    storedSecrets: secrets,
    secrets: mapped.secrets,
    authType: String(mapped.secrets['authType'] ?? 'none'),
    secretHeaders: mapped.headers,
    binding: isUsualTls ? binding : { ...binding, tls },
  };
}
