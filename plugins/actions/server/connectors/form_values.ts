import {
  type ConnectorSpec,
  getSchemaForAuthType,
  publicFieldsOf,
  publicSecretFields,
} from '@latchkey/connector-specs';

type Values = Readonly<Record<string, unknown>>;

/** The secrets of a connector as its edit form may show them. */
export interface ShownSecrets {
  /** Stored values that are not credentials. */
  readonly values: Values;
  /**
   * For each credential field of the form, and for each further stored value: whether it is stored.
   */
  readonly credentials: Readonly<Record<string, { readonly stored: boolean }>>;
}

/** Names of the fields of a credentials form. */
interface SecretFields {
  readonly all: readonly string[];
  readonly shown: ReadonlySet<string>;
}

/**
 * Separates the stored secrets into values that an editor may see, and credentials. A field that
 * the form does not have counts as a credential, because an older version may have stored one
 * there.
 * @param spec `undefined`: the connector type does not exist any more, so no value is shown
 */
export function shownSecrets(
  spec: ConnectorSpec | undefined,
  authType: string,
  secrets: Values,
): ShownSecrets {
  const { all, shown } = fieldsOf(spec, authType);
  const values: Record<string, unknown> = {};
  const credentials: Record<string, { readonly stored: boolean }> = {};
  for (const name of all) if (!shown.has(name)) credentials[name] = { stored: false };
  for (const [name, value] of Object.entries(secrets)) {
    if (!isStored(value)) continue;
    if (shown.has(name) && !hasPassword(value)) values[name] = value;
    else credentials[name] = { stored: true };
  }
  return { values, credentials };
}

/**
 * Returns the config without the copy of the auth type, because the forms of most types have no
 * such field.
 */
export function shownConfig(spec: ConnectorSpec | undefined, config: Values): Values {
  if (spec === undefined || 'authType' in (spec.schema?.shape ?? {})) return config;
  const { authType: _, ...rest } = config;
  return rest;
}

function fieldsOf(spec: ConnectorSpec | undefined, authType: string): SecretFields {
  if (spec?.credentials !== undefined) {
    const { secrets } = spec.credentials;
    const shown = publicFieldsOf(secrets);
    return { all: Object.keys(secrets.shape), shown };
  }
  const entry = (spec?.auth?.types ?? []).find(
    (one) => (typeof one === 'string' ? one : one.type) === authType,
  );
  if (entry === undefined) return { all: [], shown: new Set(['authType']) };
  const { schema } = getSchemaForAuthType(entry);
  const ofSpec = publicFieldsOf(schema);
  // The metadata of a spec can only hide further fields; it cannot make a credential public.
  const shown = new Set([...publicSecretFields(authType)].filter((name) => ofSpec.has(name)));
  return { all: Object.keys(schema.shape), shown };
}

function isStored(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** Returns `true` for a URL with a password, such as `https://user:password@host`. */
function hasPassword(value: unknown): boolean {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  return url !== null && `${url.username}${url.password}` !== '';
}
