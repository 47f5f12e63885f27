import { publicFieldsOf, publicSecretFields } from '@latchkey/connector-specs';
import type { ConnectorType } from '../connector_types/index.ts';
import type { AuthorizedClient } from './authorized_client.ts';
import type { CheckedConnector } from './connector_validation_cache.ts';
import { credentialsOf } from './redact_output.ts';

/** The credentials of an earlier execution, with the values from which they were collected. */
interface KnownCredentials extends Pick<CheckedConnector, 'storedSecrets' | 'secretHeaders'> {
  /** Complete values of the headers that carry tokens. */
  readonly headers: readonly string[];
  readonly credentials: readonly string[];
}

/**
 * Credentials of earlier executions. The key is the token, or the secrets if the connector has no
 * token. Both objects are the same in later executions, so their credentials need not be collected
 * again.
 */
const knownCredentials = new WeakMap<object, KnownCredentials>();

/**
 * The credentials that an execution may have sent.
 * @param client `undefined`: no client was created, so no token was sent
 */
export function credentialsOfExecution(
  execution: CheckedConnector & { readonly type: ConnectorType },
  client: AuthorizedClient | undefined,
): readonly string[] {
  const { type, authType, storedSecrets, secretHeaders } = execution;
  const headers = client?.credentials() ?? [];
  const owner = client?.token ?? storedSecrets;
  const known = knownCredentials.get(owner);
  const isSame =
    known?.storedSecrets === storedSecrets &&
    known.secretHeaders === secretHeaders &&
    known.headers.length === headers.length &&
    known.headers.every((header, index) => header === headers[index]);
  if (isSame) return known.credentials;
  const { credentials: declared } = type.spec;
  const credentials = credentialsOf({
    publicFields:
      declared === undefined ? publicSecretFields(authType) : publicFieldsOf(declared.secrets),
    secrets: storedSecrets,
    headers,
    secretTexts: Object.values(secretHeaders),
  });
  // Secrets that are not frozen may still change, so their credentials are not reused.
  if (Object.isFrozen(storedSecrets))
    knownCredentials.set(owner, { storedSecrets, secretHeaders, headers, credentials });
  return credentials;
}
