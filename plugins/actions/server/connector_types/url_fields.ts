import { type ConnectorSpec, getMeta } from '@latchkey/connector-specs';
import { EgressError } from '@latchkey/egress';
import type { ZodObject, ZodType } from 'zod';
import { ConnectorTypeError } from './connector_type_error.ts';

/** Names of the fields of an object schema whose host must be allowed. */
export const flaggedUrlFields = (schema: ZodObject | undefined): string[] =>
  Object.entries((schema?.shape ?? {}) as Record<string, ZodType>)
    .filter(([, field]) => getMeta(field).validate?.allowedHosts === true)
    .map(([name]) => name);

/** Config fields that say where the API is: those the spec lists and those it flags. */
export const urlConfigFields = (spec: Pick<ConnectorSpec, 'schema' | 'validateUrls'>): string[] => [
  ...new Set([...(spec.validateUrls?.fields ?? []), ...flaggedUrlFields(spec.schema)]),
];

/**
 * Builds the function that names the origins that may receive a connector's credentials, from its validated config: sorted;
 * `undefined`: neither spec nor config limits them.
 */
export const buildApiOrigins = (
  spec: Pick<ConnectorSpec, 'apiOrigins' | 'schema' | 'validateUrls'>,
): ((config: Readonly<Record<string, unknown>>) => readonly string[] | undefined) => {
  const fields = urlConfigFields(spec);
  if (spec.apiOrigins === undefined && fields.length === 0) return () => undefined;
  return (config) => {
    const configured = fields.flatMap((field) => {
      const origin = URL.parse(String(config[field] ?? ''))?.origin;
      // One spelling per host, the one requests are compared by: `https://host.` is `https://host`.
      return origin === undefined || origin === 'null'
        ? []
        : [origin.replace(/\.+(?=:\d+$|$)/, '')];
    });
    return [...new Set([...(spec.apiOrigins ?? []), ...configured])].sort();
  };
};

/**
 * Checks each given URL against what egress allows; absent and empty ones are skipped.
 * @throws ConnectorTypeError `url_not_allowed` naming the field; the host may be named, path and query never are
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
