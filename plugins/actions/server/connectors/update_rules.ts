import { authModeOf, authTypeOf } from '@latchkey/connector-specs';
import { ConnectorError, type DecryptedConnector } from '../connector_data/index.ts';
import type { ConnectorType } from '../connector_types/index.ts';
import type { EditableConnector } from './connector_store.ts';
import { shownSecrets } from './form_values.ts';
import { changedDestination, withKeptSecrets } from './kept_secrets.ts';

type Values = Readonly<Record<string, unknown>>;

/** Config and secrets of a connector, as the caller sent them. */
export interface ConnectorValues {
  readonly config: Values;
  /** Secrets of the connector. `undefined` in an update: the stored secrets stay. */
  readonly secrets: Values | undefined;
  /**
   * Names of the stored secrets that an update keeps while `secrets` replaces the others.
   * `undefined`: the caller names none. Only allowed in an update.
   */
  readonly keepSecrets?: readonly string[] | undefined;
}

/**
 * Returns the secrets of a request. An empty object counts as `undefined`, because Kibana's forms
 * send it to keep the stored secrets.
 */
export function givenSecrets(secrets: Values | undefined): Values | undefined {
  return secrets === undefined || Object.keys(secrets).length === 0 ? undefined : secrets;
}

/**
 * Returns the secrets after an update. With `keepSecrets`, these are the secrets that the caller
 * sent and the named stored ones. Without secrets, the stored ones stay, because clients cannot
 * read them back. The stored secrets must be entered again if they cannot be decrypted, or if the
 * new config sends them to another URL, even to another path of the same host (C48). If the new
 * config sends no credentials, the secrets are removed, because a later update could send them to
 * the new URL.
 * @throws ConnectorError `secrets_required`, `invalid_keep_secrets`
 * @throws ConnectorTypeError for an invalid config
 */
export function secretsAfterUpdate(
  current: EditableConnector,
  input: ConnectorValues,
  type: ConnectorType,
): Values {
  const { keepSecrets, secrets } = input;
  if (keepSecrets !== undefined) return withKeptSecrets(current, { secrets, keepSecrets });
  if (secrets !== undefined) return secrets;
  if (!current.hasReadableSecrets) {
    throw secretsRequired(current, 'The stored secrets cannot be read. Enter the secrets again.');
  }
  const credentials = storedCredentials(current, type);
  // Secrets without credentials may stay, whatever the new destination is.
  if (credentials.length === 0) return current.secrets;
  const config = type.validate.config(input.config);
  const next = { config, secrets: current.secrets };
  const moved = changedDestination(type.spec, current, next);
  if (moved === undefined) return current.secrets;
  if (sendsNoCredentials(type, config, current.secrets)) return {};
  throw secretsRequired(current, `${moved} Enter the secrets again.`, credentials);
}

/**
 * Refuses a change of the auth type, because grants of one auth type cannot be used with another.
 * @throws ConnectorError `auth_type_is_fixed`, `auth_mode_is_fixed`
 */
export function ensureSameAuth(
  current: DecryptedConnector,
  { secrets, config }: { readonly secrets: Values; readonly config: Values },
): void {
  const next = authTypeOf(secrets, config);
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

/** Returns the names of the stored secrets that are credentials. */
function storedCredentials(
  { authType, secrets }: DecryptedConnector,
  { spec }: ConnectorType,
): readonly string[] {
  return Object.entries(shownSecrets(spec, authType, secrets).credentials).flatMap(
    ([name, { stored }]) => (stored ? [name] : []),
  );
}

/**
 * Returns `true` if a connector sends no credentials. Only types with credential fields of their
 * own can switch off authentication and still store secrets.
 * @param config validated
 */
function sendsNoCredentials(type: ConnectorType, config: Values, secrets: Values): boolean {
  const mapped = type.mapCredentials?.(config, secrets);
  return (
    mapped !== undefined &&
    mapped.secrets['authType'] === 'none' &&
    Object.keys(mapped.headers).length === 0 &&
    mapped.tls.clientCertificate === undefined
  );
}

function secretsRequired(
  { id }: DecryptedConnector,
  message: string,
  names?: readonly string[],
): ConnectorError {
  const fields = names?.map((name) => `secrets.${name.slice(0, 64)}`);
  return new ConnectorError(
    'secrets_required',
    id,
    message,
    fields === undefined ? {} : { fields },
  );
}
