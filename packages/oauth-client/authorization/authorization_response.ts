import { z } from 'zod';
import { OAuthError } from '../oauth_error.ts';

/** An authorization response (RFC 6749 §4.1.2), either with a code or with the provider's refusal. */
export type AuthorizationResponse =
  | {
      readonly outcome: 'code';
      readonly state: string;
      readonly code: string;
      readonly iss: string | undefined;
    }
  | {
      readonly outcome: 'error';
      readonly state: string;
      readonly error: string;
      /** Written by the provider: show it as text, never as markup. */
      readonly errorDescription: string | undefined;
      readonly iss: string | undefined;
    };

const MAX_VALUE_LENGTH = 8192;
/** No control characters: none belongs into these values and NUL upsets stores and logs. */
const value = z
  .string()
  .min(1)
  .max(MAX_VALUE_LENGTH)
  .regex(/^[^\p{Cc}]+$/u);
const optionalText = z
  .string()
  .max(MAX_VALUE_LENGTH)
  .transform((text) => text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim())
  .transform((text) => (text === '' ? undefined : text))
  .optional();

/** Unknown keys are dropped: providers add `scope`, `authuser` and others. */
const query = z.object({
  state: value,
  code: value.optional(),
  iss: value.optional(),
  error: value.optional(),
  error_description: optionalText,
});

/**
 * Reads the query of a callback. A parameter given twice is refused (RFC 6749 §3.1), which includes arrays.
 * @throws OAuthError `invalid_request` when it is neither a code nor an error, or any value is malformed
 */
export function parseAuthorizationResponse(
  input: URLSearchParams | Readonly<Record<string, unknown>>,
): AuthorizationResponse {
  const parsed = query.safeParse(input instanceof URLSearchParams ? withoutRepeats(input) : input);
  if (!parsed.success) throw malformed();
  const { state, code, iss, error, error_description: errorDescription } = parsed.data;
  // An error wins over a code: a response with both is not a success of RFC 6749 §4.1.2.
  if (error !== undefined) return { outcome: 'error', state, error, errorDescription, iss };
  if (code === undefined) throw malformed();
  return { outcome: 'code', state, code, iss };
}

/** Repeated names become arrays, which the schema refuses. */
function withoutRepeats(params: URLSearchParams): Record<string, unknown> {
  const names = new Set(params.keys());
  return Object.fromEntries(
    [...names].map((name) => {
      const all = params.getAll(name);
      return [name, all.length === 1 ? all[0] : all];
    }),
  );
}

function malformed(): OAuthError {
  return new OAuthError(
    'invalid_request',
    'reauthorize',
    'The authorization response is incomplete or malformed; start the authorization again.',
  );
}
