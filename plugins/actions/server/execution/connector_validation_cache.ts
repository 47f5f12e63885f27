import { isDeepStrictEqual } from 'node:util';
import {
  credentialHeaderNames,
  type MappedCredentials,
  withoutRemovedActions,
} from '@latchkey/connector-specs';
import { createLruCache } from '@latchkey/core/server';
import type { ClientOptions } from '@latchkey/egress';
import { deepFreeze } from '@latchkey/saved-objects';
import type { DecryptedConnector } from '../connector_data/index.ts';
import type { ConnectorType } from '../connector_types/index.ts';

type Values = Readonly<Record<string, unknown>>;

const MAX_ENTRIES = 1000;

/** The parts of a connector that an execution uses, checked against its type. */
export interface CheckedConnector {
  /** Frozen. Shared by all executions of this version. */
  readonly config: Values;
  /** Secrets as stored, after the checks of the type. Frozen if the connector is. */
  readonly storedSecrets: Values;
  /**
   * Secrets in the shape of {@link authType}, usually the stored ones. Frozen if the connector is.
   */
  readonly secrets: Values;
  readonly authType: string;
  /**
   * Secret headers that are sent in addition to those of the auth type. Frozen if the connector is.
   */
  readonly secretHeaders: Readonly<Record<string, string>>;
  /** Limits that the credentials set for the client. Frozen, unless it contains a certificate. */
  readonly binding: ClientBinding;
}

/** Origins to which the credentials may be sent, and the headers that carry them. */
interface ClientBinding extends ClientOptions {
  /** Names in lower case of the headers with credentials. */
  readonly credentialHeaders: readonly string[];
}

/** Cached facts about one version of a connector. Never contains secrets. */
interface CachedCheck {
  readonly version: string;
  readonly config: Values;
  readonly binding: ClientBinding;
  /** `true`: the stored secrets passed their schema unchanged. */
  readonly areSecretsFinal: boolean;
}

/**
 * Checks a connector's config and secrets once per version. A version identifies one content for
 * ever, and the rules of a type do not change while the server runs.
 */
export class ConnectorValidationCache {
  /** Checked connectors by connector: the store returns the same frozen object for a while. */
  readonly #checked = new WeakMap<DecryptedConnector, CheckedConnector>();
  /** Keyed by space and id. */
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
    // All users of this version share the checked connector. A handler that changed it would affect
    // other calls.
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
    // A copy: freezing must not reach parts of the caller's object that the schema passed through.
    const stored = withoutRemovedActions(type.spec, connector.config);
    const config = deepFreeze(structuredClone(type.validate.config(stored)));
    const secrets = type.validate.secrets(connector.secrets);
    const mapped = type.mapCredentials?.(config, secrets);
    const binding = deepFreeze({
      credentialOrigins: type.credentialOrigins(config),
      credentialHeaders: credentialHeaderNames(mapped?.secrets ?? secrets, mapped?.headers),
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
