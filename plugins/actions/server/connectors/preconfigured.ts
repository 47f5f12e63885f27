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

/** An entry after its check. A refused entry has neither config nor secrets. */
interface CheckedEntry extends PreconfiguredEntry {
  readonly refusal?: string;
  readonly version: string;
}

/** Connectors of the configuration file. They are in every space, read-only and never stored. */
export class PreconfiguredConnectors {
  readonly #entries: ReadonlyMap<string, CheckedEntry>;

  /**
   * @param warn called for each entry that cannot be executed, and for each that works but should
   * be changed
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

  /** Returns a preconfigured connector. `undefined`: the configuration does not contain the id. */
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

  /** Returns the ids in the order of the file, and whether their config may be shown. */
  list(): readonly { readonly id: string; readonly exposeConfig: boolean }[] {
    return [...this.#entries].map(([id, { exposeConfig }]) => ({ id, exposeConfig }));
  }

  /** Returns a sentence that says why the connector cannot be used. Empty: it can be used. */
  problemsOf(id: string): readonly string[] {
    const refusal = this.#entries.get(id)?.refusal;
    return refusal === undefined ? [] : [refusal];
  }

  exposesConfig(id: string): boolean {
    return this.#entries.get(id)?.exposeConfig ?? false;
  }
}

/**
 * Checks an entry when the server starts. Kibana checks entries only when they are executed, and
 * accepts some that are refused here. A refused entry does not stop the server: the connector keeps
 * only its name and type, so it can be neither executed nor authorized. The reason is only logged,
 * because it may contain host names.
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
 * Corrects an entry that names its type by a former id, which another type has today. The auth type
 * tells the two types apart: the type that has the id today supports none of the auth types of the
 * renamed one.
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

/** Version of an entry. It changes with the entry, like the version of a stored connector. */
function versionOf(entry: PreconfiguredEntry): string {
  return createHash('sha256').update(JSON.stringify(entry)).digest('base64url');
}
