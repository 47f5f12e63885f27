import type { ZodObject } from 'zod';
import { getMeta } from '../ui_metadata/index.ts';
import { apiKeyHeaderNames } from './api_key_header.ts';
import { getAuthType } from './registry.ts';

type Secrets = Readonly<Record<string, unknown>>;
type Field = Parameters<typeof getMeta>[0];

const DISCRIMINATOR = 'authType';

/** Names of public fields by auth type. They are computed once, because schemas do not change. */
const publicFields = new Map<string, ReadonlySet<string>>();

/** Fields of a secrets schema that are not credentials. */
export const publicFieldsOf = (schema: ZodObject): ReadonlySet<string> => {
  const shape: Readonly<Record<string, Field>> = schema.shape;
  const names = Object.entries(shape).flatMap(([name, field]) =>
    getMeta(field).sensitive === true ? [] : [name],
  );
  return new Set([DISCRIMINATOR, ...names]);
};

/**
 * Fields of the secrets of an auth type that are not credentials. Treat any other field as a
 * credential, even a field that the schema does not list: the spec or the user chooses the field
 * name of an API key.
 * @throws AuthTypeError `unknown_auth_type`
 */
export const publicSecretFields = (authTypeId: string): ReadonlySet<string> => {
  const known = publicFields.get(authTypeId);
  if (known !== undefined) return known;
  const found = publicFieldsOf(getAuthType(authTypeId).schema);
  publicFields.set(authTypeId, found);
  return found;
};

/**
 * Results of {@link secretsForHandlers}. The server freezes secrets and shares them between
 * executions.
 */
const handlerParts = new WeakMap<
  Secrets,
  { readonly authTypeId: string; readonly part: Secrets }
>();

/**
 * The secrets that a handler gets. If the server gets a token, fields that serve only to get the
 * token (the client secret) are removed: the client of the handler has the access token, and the
 * handler gets nothing that is valid longer. Executions may share the result.
 * @throws AuthTypeError `unknown_auth_type`
 */
export const secretsForHandlers = (authTypeId: string, secrets: Secrets): Secrets => {
  if (getAuthType(authTypeId).sendsOwnSecrets === true) return secrets;
  const known = handlerParts.get(secrets);
  if (known?.authTypeId === authTypeId) return known.part;
  const names = publicSecretFields(authTypeId);
  const kept = Object.entries(secrets).filter(([name]) => names.has(name));
  const part = Object.freeze(Object.fromEntries(kept));
  if (Object.isFrozen(secrets)) handlerParts.set(secrets, { authTypeId, part });
  return part;
};

/**
 * Lower-case names of the headers that contain credentials of a connector.
 * @param secrets with the discriminator `authType`
 * @param secretHeaders headers sent in addition to those of the auth type
 */
export const credentialHeaderNames = (
  secrets: Secrets,
  secretHeaders: Readonly<Record<string, string>> = {},
): readonly string[] => {
  const hasAuth = (secrets['authType'] ?? 'none') !== 'none';
  const ofAuthType = apiKeyHeaderNames(secrets) ?? (hasAuth ? ['authorization'] : []);
  const names = [...ofAuthType, ...Object.keys(secretHeaders)];
  return [...new Set(names.map((name) => name.toLowerCase()))];
};
