import { authModeOf, authTypeOf } from '@latchkey/connector-specs';
import type { DecryptedConnector } from '../connector_data/index.ts';
import type { ConnectorType } from '../connector_types/index.ts';
import { ConnectorError } from './connector_error.ts';
import type { EditableConnector } from './connector_store.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * The secrets after an update. Clients cannot read secrets back, so an update without secrets keeps
 * them. Exceptions: the config names another host (C48), or they cannot be decrypted. If the
 * new config sends no credentials, the secrets are dropped, because a later update could send them
 * to the other host.
 * @throws ConnectorError `secrets_required`; ConnectorTypeError for an invalid config
 */
export function secretsAfterUpdate(
  current: EditableConnector,
  input: { readonly config: Values; readonly secrets: Values | undefined },
  type: ConnectorType,
): Values {
  if (input.secrets !== undefined) return input.secrets;
  if (!current.hasReadableSecrets) {
    throw secretsRequired(current, 'The stored secrets cannot be read. Enter the secrets again.');
  }
  // Without credentials, another host can learn nothing.
  if (!hasCredentials(current)) return current.secrets;
  if (hostsDiffer(current.config, input.config, type)) {
    if (sendsNoCredentials(type, input.config, current.secrets)) return {};
    throw secretsRequired(
      current,
      'The connector would send its credentials to another host. Enter the secrets again.',
    );
  }
  const changed = (type.spec.credentials?.trustFields ?? []).find(
    (field) => (current.config[field] ?? '') !== (input.config[field] ?? ''),
  );
  if (changed !== undefined) {
    if (sendsNoCredentials(type, input.config, current.secrets)) return {};
    throw secretsRequired(
      current,
      `[${changed}] decides which servers get the connector's credentials. Enter the secrets again.`,
    );
  }
  return current.secrets;
}

/**
 * Refuses a change of the auth type: grants of one auth type are useless for another.
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

/** Any field except the name of the auth type may be a credential. */
function hasCredentials({ authType, secrets }: DecryptedConnector): boolean {
  if (authType !== 'none') return true;
  return Object.entries(secrets).some(
    ([name, value]) => name !== 'authType' && value !== null && value !== undefined,
  );
}

/**
 * Tells if a connector sends no credentials. Only types in Kibana's own form can disable
 * authentication and keep secrets.
 */
function sendsNoCredentials(type: ConnectorType, config: Values, secrets: Values): boolean {
  const mapped = type.mapCredentials?.(type.validate.config(config), secrets);
  return (
    mapped !== undefined &&
    mapped.secrets['authType'] === 'none' &&
    Object.keys(mapped.headers).length === 0 &&
    mapped.tls.clientCertificate === undefined
  );
}

function hostsDiffer(before: Values, after: Values, type: ConnectorType): boolean {
  const old = type.credentialOrigins(before);
  const next = type.credentialOrigins(type.validate.config(after));
  return JSON.stringify(old) !== JSON.stringify(next);
}

function secretsRequired({ id }: DecryptedConnector, message: string): ConnectorError {
  return new ConnectorError('secrets_required', id, message);
}
