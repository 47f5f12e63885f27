import { ConnectorError } from '../connector_data/index.ts';
import { type ConnectorType, credentialDestinations } from '../connector_types/index.ts';
import type { EditableConnector } from './connector_store.ts';

type Values = Readonly<Record<string, unknown>>;

interface ConnectorSecretsAndConfig {
  readonly config: Values;
  readonly secrets: Values;
}

/** Secrets of an update that keeps some stored secrets and replaces or removes the others. */
export interface KeptSecrets {
  readonly secrets: Values | undefined;
  readonly keepSecrets: readonly string[];
}

/**
 * Returns the new secrets: those that the caller sent and the stored ones that are named.
 * @throws ConnectorError `secrets_required` when the stored secrets cannot be read;
 * `invalid_keep_secrets` when a named secret is not stored, or was also sent
 */
export function withKeptSecrets(
  current: EditableConnector,
  { secrets = {}, keepSecrets }: KeptSecrets,
): Values {
  if (keepSecrets.length > 0 && !current.hasReadableSecrets) {
    throw new ConnectorError(
      'secrets_required',
      current.id,
      'The stored secrets cannot be read. Enter the secrets again.',
      { fields: keepSecrets.map(fieldOf) },
    );
  }
  for (const name of keepSecrets) {
    const problem = problemOf(name, secrets, current.secrets);
    if (problem === undefined) continue;
    throw new ConnectorError('invalid_keep_secrets', current.id, problem, {
      fields: [fieldOf(name)],
    });
  }
  const kept = keepSecrets.map((name) => [name, current.secrets[name]] as const);
  return { ...secrets, ...Object.fromEntries(kept) };
}

/**
 * Refuses to keep secrets if the changed connector would send them to another server, because an
 * editor who does not know them could read them there (C48).
 * @param next validated values
 * @throws ConnectorError `secrets_required` with the fields that must be entered again
 */
export function ensureKeptSecretsStay(
  current: EditableConnector,
  next: { readonly config: Values; readonly secrets: Values; readonly authType: string },
  { keepSecrets, type }: { readonly keepSecrets: readonly string[]; readonly type: ConnectorType },
): void {
  if (keepSecrets.length === 0) return;
  const required = (reason: string) =>
    new ConnectorError(
      'secrets_required',
      current.id,
      `${reason} Enter again: ${keepSecrets.join(', ')}.`,
      { fields: keepSecrets.map(fieldOf) },
    );
  // If the type defines its own credentials, its auth type only decides whether a credential is
  // sent, not where.
  if (type.spec.credentials === undefined && next.authType !== current.authType) {
    throw required('The stored secrets belong to another authentication type.');
  }
  const moved = changedDestination(type.spec, current, next);
  if (moved !== undefined) throw required(moved);
}

/**
 * Returns a sentence about the setting that changes where credentials are sent. `undefined`: no
 * setting does. Compares complete URLs, because paths of one host may belong to different tenants.
 * @param after validated values
 */
export function changedDestination(
  spec: ConnectorType['spec'],
  before: ConnectorSecretsAndConfig,
  after: ConnectorSecretsAndConfig,
): string | undefined {
  const old = credentialDestinations(spec, before);
  const next = credentialDestinations(spec, after);
  const changed = [...new Set([...old.keys(), ...next.keys()])].find(
    (field) => old.get(field) !== next.get(field),
  );
  return changed === undefined
    ? undefined
    : `[${changed}] decides where the connector sends its credentials, and it changes.`;
}

function problemOf(name: string, secrets: Values, stored: Values): string | undefined {
  if (name !== 'authType' && Object.hasOwn(secrets, name)) {
    return `[${name}] is in keep_secrets and in secrets. Send it in one of them.`;
  }
  const value = Object.hasOwn(stored, name) ? stored[name] : undefined;
  if (name !== 'authType' && value !== undefined && value !== null) return undefined;
  return `[${name}] is in keep_secrets, but no such secret is stored. Enter it.`;
}

const fieldOf = (name: string): string => `secrets.${name.slice(0, 64)}`;
