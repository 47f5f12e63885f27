import { createHash } from 'node:crypto';
import { authTypeOf } from '@latchkey/connector-specs';
import type { TypeRegistry } from '../connector_types/index.ts';
import type { DecryptedConnector } from '../types.ts';
import { authModeOfConnector, withAuthType } from './auth_mode.ts';
import { renamedTypeId } from './stored_type_id.ts';

/** One entry of `xpack.actions.preconfigured`. */
export interface PreconfiguredEntry {
  readonly name: string;
  readonly actionTypeId: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly exposeConfig: boolean;
}

/** Connectors from the configuration file: in every space, read-only, never stored. */
export class PreconfiguredConnectors {
  readonly #entries: ReadonlyMap<string, PreconfiguredEntry & { readonly version: string }>;
  readonly #types: TypeRegistry;

  /**
   * @param warn receives entries that work and should be changed
   * @throws Error naming the setting when an entry does not fit its connector type
   */
  constructor(
    entries: Readonly<Record<string, PreconfiguredEntry>>,
    types: TypeRegistry,
    warn: (message: string) => void,
  ) {
    this.#types = types;
    this.#entries = new Map(
      Object.entries(entries).map(([id, entry]) => {
        const renamed = withPresentType(id, entry, types, warn);
        return [id, { ...validated(id, renamed, types, warn), version: versionOf(entry) }];
      }),
    );
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** `undefined` unless the configuration names it. */
  get(id: string, spaceId: string): DecryptedConnector | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const { name, actionTypeId, config, secrets, version } = entry;
    const authType = authTypeOf(secrets, config);
    const authMode = authModeOfConnector(secrets, config);
    return {
      id,
      spaceId,
      name,
      connectorTypeId: actionTypeId,
      config,
      secrets,
      authType,
      authMode,
      version,
      isPreconfigured: true,
    };
  }

  /** Ids in the order of the file, and whether their config may be shown. */
  list(): readonly { readonly id: string; readonly exposeConfig: boolean }[] {
    return [...this.#entries].map(([id, { exposeConfig }]) => ({ id, exposeConfig }));
  }

  /** Reason why the connector cannot be used, in a sentence; empty when it can. */
  problemsOf(id: string): readonly string[] {
    const typeId = this.#entries.get(id)?.actionTypeId;
    return typeId === undefined || this.#types.has(typeId) ? [] : [unknownType(typeId)];
  }

  exposesConfig(id: string): boolean {
    return this.#entries.get(id)?.exposeConfig ?? false;
  }
}

/**
 * A type of Kibana that does not exist here must not keep the server from starting. Only name and
 * type are read from such an entry. Config and secrets are not checked, and nobody may authorize
 * it.
 */
function validated(
  id: string,
  entry: PreconfiguredEntry,
  types: TypeRegistry,
  warn: (message: string) => void,
): PreconfiguredEntry {
  if (!types.has(entry.actionTypeId)) {
    warn(`xpack.actions.preconfigured.${id}: ${unknownType(entry.actionTypeId)}`);
    return { ...entry, config: {}, secrets: {} };
  }
  try {
    const { validate } = types.get(entry.actionTypeId);
    const secrets = validate.secrets(entry.secrets);
    return { ...entry, secrets, config: withAuthType(validate.config(entry.config), secrets) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`xpack.actions.preconfigured.${id}: ${reason}`, { cause: error });
  }
}

/**
 * Corrects an entry that names its type by a former id, which now belongs to another type. The auth
 * type distinguishes them: the present owner of the id supports none of these.
 */
function withPresentType(
  id: string,
  entry: PreconfiguredEntry,
  types: TypeRegistry,
  warn: (message: string) => void,
): PreconfiguredEntry {
  const { actionTypeId, config, secrets } = entry;
  const renamed = renamedTypeId(actionTypeId);
  const authType = secrets['authType'] ?? config['authType'];
  if (renamed === undefined || !types.has(renamed) || !isAuthTypeOf(renamed, authType, types)) {
    return entry;
  }
  warn(
    `xpack.actions.preconfigured.${id}: connectors with the auth type [${authType}] now have the type [${renamed}]. Change actionTypeId from [${actionTypeId}] to [${renamed}]; the present form will be refused in a later release.`,
  );
  return { ...entry, actionTypeId: renamed };
}

function isAuthTypeOf(typeId: string, authType: unknown, types: TypeRegistry): boolean {
  const entries = types.get(typeId).spec.auth?.types ?? [];
  return entries.some((entry) => (typeof entry === 'string' ? entry : entry.type) === authType);
}

const unknownType = (typeId: string): string =>
  `connector type [${typeId}] does not exist here; the connector is listed and cannot be executed.`;

/** Changes exactly when the entry does, like the version of a stored connector. */
function versionOf(entry: PreconfiguredEntry): string {
  return createHash('sha256').update(JSON.stringify(entry)).digest('base64url');
}
