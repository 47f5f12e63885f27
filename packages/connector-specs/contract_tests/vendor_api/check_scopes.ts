import type { ActionDefinition } from '../../contract/types.ts';
import type { OperationFacts } from './facts.ts';

/** Alternatives as one text that is the same for every order of them. */
const listed = (scopes: readonly string[]): string => [...new Set(scopes)].sort().join(' or ');

/**
 * Compares the scopes of an action with those that the vendor documents for its operations.
 * @param operations facts of the operations. Operations without documented scopes are left out
 * @param unusedScopes see `VendorManifest`
 * @returns one text per difference. Empty: there is no difference, or the vendor documents no
 *   scopes
 */
export function checkScopes(
  {
    oauthScopes = [],
    optionalScopes = [],
  }: Pick<ActionDefinition, 'oauthScopes' | 'optionalScopes'>,
  operations: readonly OperationFacts[],
  unusedScopes: readonly string[],
): readonly string[] {
  const known = operations.filter(({ scopes }) => scopes !== undefined);
  if (known.length === 0) return [];
  const suffice = known.map(({ scopes = [] }) => scopes);
  const more = known.flatMap((operation) => operation.optionalScopes ?? []);
  const documented = new Set(
    suffice.map((scopes) => listed(scopes.filter((one) => !unusedScopes.includes(one)))),
  );
  // The empty string stands for an operation that needs no scope.
  documented.delete('');
  const accepted = new Set(oauthScopes.map((scope) => listed([scope].flat())));
  const all = [...suffice.flat(), ...more];
  return [
    ...[...documented].filter((one) => !accepted.has(one)).map((one) => `lacks ${one}`),
    ...[...accepted].filter((one) => !documented.has(one)).map((one) => `accepts ${one}`),
    ...more.filter((one) => !optionalScopes.includes(one)).map((one) => `omits ${one}`),
    ...optionalScopes.filter((one) => !all.includes(one)).map((one) => `requests ${one}`),
  ];
}
