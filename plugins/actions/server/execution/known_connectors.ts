import { isDeepStrictEqual } from 'node:util';
import type { ConnectorType } from '../connector_types/index.ts';
import type { DecryptedConnector } from '../types.ts';

type Values = Readonly<Record<string, unknown>>;

const MAX_KNOWN = 1000;

/** What an execution needs of a connector, checked against its type. */
export interface CheckedConnector {
  /** Frozen, shared by all executions of this version. */
  readonly config: Values;
  readonly secrets: Values;
  /** Frozen likewise. `undefined`: no limit beyond the allow-list. */
  readonly credentialOrigins: readonly string[] | undefined;
}

/** Found out about one version of a connector. Secrets are never kept, only whether their check changes them. */
interface Known {
  readonly version: string;
  readonly config: Values;
  readonly credentialOrigins: readonly string[] | undefined;
  /** The stored secrets passed their schema and came out as they went in. */
  readonly areSecretsFinal: boolean;
}

/**
 * Checks a connector's config and secrets once per version: a version names one content forever, and the rules of a type do not change while the
 * server runs.
 */
export class KnownConnectors {
  /** By space and id; the oldest goes first. */
  readonly #known = new Map<string, Known>();

  /** @throws ConnectorTypeError `invalid_config`, `invalid_secrets`, `url_not_allowed`, `ears_unavailable` */
  check(connector: DecryptedConnector, type: ConnectorType): CheckedConnector {
    // Space ids hold no slash.
    const key = `${connector.spaceId}/${connector.id}`;
    const known = this.#known.get(key);
    if (known?.version === connector.version) {
      const secrets = known.areSecretsFinal
        ? connector.secrets
        : type.validate.secrets(connector.secrets);
      return { config: known.config, secrets, credentialOrigins: known.credentialOrigins };
    }
    return this.#learn(key, connector, type);
  }

  #learn(key: string, connector: DecryptedConnector, type: ConnectorType): CheckedConnector {
    // A copy: freezing must not reach what the schema passed through from the caller's object.
    const config = frozen(structuredClone(type.validate.config(connector.config)));
    const secrets = type.validate.secrets(connector.secrets);
    const credentialOrigins = frozen(type.credentialOrigins(config));
    this.#known.delete(key);
    if (this.#known.size >= MAX_KNOWN) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    const areSecretsFinal = isDeepStrictEqual(secrets, connector.secrets);
    this.#known.set(key, {
      version: connector.version,
      config,
      credentialOrigins,
      areSecretsFinal,
    });
    return { config, secrets, credentialOrigins };
  }
}

/** All the way down; config is JSON, so there are no circles. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
