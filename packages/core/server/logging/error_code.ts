/**
 * Form of the codes of our own errors, which are closed sets. Any other text could come from a
 * provider.
 */
const CODE = /^[a-z_]{1,64}$/;

/**
 * Returns the code of one of our own errors, for audit events. `unexpected`: the error has no such
 * code.
 */
export function errorCodeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && CODE.test(code) ? code : 'unexpected';
}
