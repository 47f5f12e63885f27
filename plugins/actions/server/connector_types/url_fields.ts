import { type ConnectorSpec, getMeta } from '@latchkey/connector-specs';
import { EgressError } from '@latchkey/egress/errors';
import type { ZodObject, ZodType } from 'zod';
import { ConnectorTypeError } from './connector_type_error.ts';

/** Names of the fields of an object schema whose host must be allowed. */
export const flaggedUrlFields = (schema: ZodObject | undefined): string[] =>
  Object.entries((schema?.shape ?? {}) as Record<string, ZodType>)
    .filter(([, field]) => getMeta(field).validate?.allowedHosts === true)
    .map(([name]) => name);

/** Config fields with the address of the API: the fields that the spec lists or flags. */
export const urlConfigFields = (spec: Pick<ConnectorSpec, 'schema' | 'validateUrls'>): string[] => [
  ...new Set([...(spec.validateUrls?.fields ?? []), ...flaggedUrlFields(spec.schema)]),
];

/**
 * Builds a function from a validated config to the sorted origins that may receive the connector's
 * credentials. `undefined`: neither spec nor config limits them.
 */
export const buildApiOrigins = (
  spec: Pick<ConnectorSpec, 'apiOrigins' | 'schema' | 'validateUrls'>,
): ((config: Readonly<Record<string, unknown>>) => readonly string[] | undefined) => {
  const fields = urlConfigFields(spec);
  if (spec.apiOrigins === undefined && fields.length === 0) return () => undefined;
  return (config) => {
    const configured = fields.flatMap((field) => {
      const origin = URL.parse(String(config[field] ?? ''))?.origin;
      // One spelling per host, as in the comparison of requests: `https://host.` becomes
      // `https://host`.
      return origin === undefined || origin === 'null'
        ? []
        : [origin.replace(/\.+(?=:\d+$|$)/, '')];
    });
    return [...new Set([...(spec.apiOrigins ?? []), ...configured])].sort();
  };
};

/**
 * Checks each given URL against the allow-list of the egress. Absent and empty URLs are skipped.
 * @throws ConnectorTypeError `url_not_allowed` with the field; names the host, never path or query
 */
export const ensureUrlsAllowed = (request: {
  readonly connectorTypeId: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly fields: readonly string[];
  readonly ensureUriAllowed: (uri: string) => void;
}): void => {
  for (const field of request.fields) {
    const value = request.values[field];
    if (value === undefined || value === null || value === '') continue;
    try {
      request.ensureUriAllowed(String(value));
    } catch (error) {
      if (!(error instanceof EgressError)) throw error;
      throw new ConnectorTypeError(
        'url_not_allowed',
        request.connectorTypeId,
        `[${field}]: ${error.message}`,
        { cause: error },
      );
    }
  }
};
