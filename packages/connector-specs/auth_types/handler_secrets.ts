import type { ZodObject } from 'zod';
import { getMeta } from '../ui_metadata/index.ts';
import { getAuthType } from './registry.ts';

type Secrets = Readonly<Record<string, unknown>>;
type Field = Parameters<typeof getMeta>[0];

const DISCRIMINATOR = 'authType';

/** Worked out once for each auth type, as schemas do not change. */
const publicFields = new Map<string, ReadonlySet<string>>();

/** Fields of a secrets schema that hold no credential. */
export const publicFieldsOf = (schema: ZodObject): ReadonlySet<string> => {
  const shape: Readonly<Record<string, Field>> = schema.shape;
  const names = Object.entries(shape).flatMap(([name, field]) =>
    getMeta(field).sensitive === true ? [] : [name],
  );
  return new Set([DISCRIMINATOR, ...names]);
};

/**
 * Fields of an auth type's secrets that hold no credential. A field that is not among them holds one, also when the auth type does not list it: an API
 * key's field is named by data.
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
 * The secrets as a handler may have them. Where the server fetches a token, the client secret and whatever else only serves to fetch it stays behind:
 * a handler has the access token, in its client, and nothing that outlives it.
 * @throws AuthTypeError `unknown_auth_type`
 */
export const secretsForHandlers = (authTypeId: string, secrets: Secrets): Secrets => {
  if (getAuthType(authTypeId).sendsOwnSecrets === true) return secrets;
  const names = publicSecretFields(authTypeId);
  return Object.fromEntries(Object.entries(secrets).filter(([name]) => names.has(name)));
};
