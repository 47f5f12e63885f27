/** RFC 9110 §5.6.2: what may stand before the token in an Authorization header. */
const AUTH_SCHEME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;

/**
 * Decides the scheme under which a token is sent.
 * @param declared the literal of the connector's configuration, which wins over the answer
 * @param answered what the provider said
 * @returns `undefined`: a type this client does not understand, so the token must not be used (RFC 6749 §7.1)
 */
export function resolveTokenType(
  declared: string | undefined,
  answered: unknown,
): string | undefined {
  if (declared !== undefined && declared !== '') {
    if (declared.toLowerCase() === 'bearer') return 'Bearer';
    return AUTH_SCHEME.test(declared) ? declared : undefined;
  }
  // RFC 6749 §5.1 requires the type, many providers forget it. Refusing would lose a refresh token that is already rotated, while a
  // wrong guess costs one 401: so absent means Bearer.
  if (answered === undefined || answered === null || answered === '') return 'Bearer';
  // RFC 6749 §5.1: the value is case-insensitive.
  if (typeof answered === 'string' && answered.trim().toLowerCase() === 'bearer') return 'Bearer';
  return undefined;
}
