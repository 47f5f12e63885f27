import { z } from 'zod';

const MAX_SCOPES = 500;
const MAX_SCOPE_LENGTH = 1024;

const scopes = z
  .union([z.string().transform((text) => text.split(/[\s,]+/)), z.array(z.string())])
  .transform((list) =>
    list.filter((scope) => scope !== '' && scope.length <= MAX_SCOPE_LENGTH).slice(0, MAX_SCOPES),
  )
  .transform((list) => (list.length === 0 ? undefined : list))
  .optional()
  .catch(undefined);

/**
 * Scopes as granted (RFC 6749 §3.3), separated by spaces or, as GitHub and Slack do, by commas.
 * @returns `undefined` when not said, which means: as asked for (RFC 6749 §5.1)
 */
export function parseScopes(value: unknown): readonly string[] | undefined {
  return scopes.parse(value);
}
