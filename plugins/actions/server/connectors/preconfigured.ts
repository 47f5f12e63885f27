import { createHash } from 'node:crypto';
import { authTypeOf } from '@latchkey/connector-specs';
import type { DecryptedConnector } from '../connector_data/index.ts';
import { ConnectorTypeError, type TypeRegistry } from '../connector_types/index.ts';
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

/** An entry after its checks. A refused entry has no config and no secrets. */
interface CheckedEntry extends PreconfiguredEntry {
  readonly refusal?: string;
  readonly version: string;
}

/** Connectors from the configuration file: in every space, read-only, never stored. */
export class PreconfiguredConnectors {
  readonly #entries: ReadonlyMap<string, CheckedEntry>;

  /**
   * @param warn receives entries that cannot be executed, and entries that work but should be
   * changed
   */
  constructor(
    entries: Readonly<Record<string, PreconfiguredEntry>>,
    types: TypeRegistry,
    warn: (message: string) => void,
  ) {
    this.#entries = new Map(
      Object.entries(entries).map(([id, entry]) => {
        const renamed = withCurrentType(id, entry, types, warn);
        return [id, { ...checked(id, renamed, types, warn), version: versionOf(entry) }];
      }),
    );
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** Finds a preconfigured connector. `undefined`: the configuration does not contain this id. */
  get(id: string, spaceId: string): DecryptedConnector | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const { name, actionTypeId, config, secrets, version, refusal } = entry;
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
      refusal,
    };
  }

  /** Ids in the order of the file, and whether their config may be shown. */
  list(): readonly { readonly id: string; readonly exposeConfig: boolean }[] {
    return [...this.#entries].map(([id, { exposeConfig }]) => ({ id, exposeConfig }));
  }

  /** The reason why the connector cannot be used, as a sentence. Empty: it can be used. */
  problemsOf(id: string): readonly string[] {
    const refusal = this.#entries.get(id)?.refusal;
    return refusal === undefined ? [] : [refusal];
  }

  exposesConfig(id: string): boolean {
    return this.#entries.get(id)?.exposeConfig ?? false;
  }
}

/**
 * Checks an entry at start. Kibana checks it at execution and accepts some entries that are refused
 * here. A refused entry does not stop the server. Only its name and type are used, so that it
 * cannot be executed or authorized. The reason is only logged, because it may name hosts.
 */
function checked(
  id: string,
  entry: PreconfiguredEntry,
  types: TypeRegistry,
  warn: (message: string) => void,
): Omit<CheckedEntry, 'version'> {
  const refused = (refusal: string, reason: string) => {
    warn(`xpack.actions.preconfigured.${id}: ${reason}`);
    return { ...entry, config: {}, secrets: {}, refusal };
  };
  const { actionTypeId } = entry;
  if (!types.has(actionTypeId)) {
    const refusal = unknownType(actionTypeId);
    return refused(refusal, refusal);
  }
  try {
    const { validate } = types.get(actionTypeId);
    const secrets = validate.secrets(entry.secrets);
    const config = validate.config(entry.config);
    validate.derivedEndpoints(config, secrets);
    return { ...entry, secrets, config: withAuthType(config, secrets) };
  } catch (error) {
    if (!(error instanceof ConnectorTypeError)) throw error;
    return refused(
      `the configuration of this connector does not fit its type [${actionTypeId}]; it is listed and cannot be executed. The reason is in the log of the server.`,
      `${error.message}; the connector is listed and cannot be executed.`,
    );
  }
}

/**
 * Corrects an entry that names its type by a former id, which now belongs to another type. The auth
 * type distinguishes them: the type that has the id now supports none of these.
 */
function withCurrentType(
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
    `xpack.actions.preconfigured.${id}: connectors with the auth type [${authType}] now have the type [${renamed}]. Change actionTypeId from [${actionTypeId}] to [${renamed}]; the old form will be refused in a later release.`,
  );
  return { ...entry, actionTypeId: renamed };
}

function isAuthTypeOf(typeId: string, authType: unknown, types: TypeRegistry): boolean {
  const entries = types.get(typeId).spec.auth?.types ?? [];
  return entries.some((entry) => (typeof entry === 'string' ? entry : entry.type) === authType);
}

const unknownType = (typeId: string): string =>
  `connector type [${typeId}] does not exist here; the connector is listed and cannot be executed.`;

/** Changes when the entry changes, like the version of a stored connector. */
function versionOf(entry: PreconfiguredEntry): string {
  return createHash('sha256').update(JSON.stringify(entry)).digest('base64url');
}
