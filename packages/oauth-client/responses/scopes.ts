import { z } from 'zod';

/** No more than whoever keeps grants stores: a long list must not lose the tokens that came with it. */
const MAX_SCOPES = 200;
const MAX_SCOPE_LENGTH = 512;

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
