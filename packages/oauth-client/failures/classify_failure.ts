import type { OAuthErrorCode, OAuthFailureKind } from '../types.ts';
import { type FailureObservation, type FailureRule, matches } from './failure_rule.ts';
import { ERROR_RULES, STATUS_RULES } from './failure_table.ts';
import { deviationOf } from './provider_deviations.ts';

/** Whose turn it is after a failed answer, from the tables: status first, then what this provider means, then what the RFC means. */
export function classifyFailure(
  seen: FailureObservation,
  host: string,
): { readonly code: OAuthErrorCode; readonly kind: OAuthFailureKind } {
  const rules: readonly FailureRule[] = [
    ...STATUS_RULES,
    ...(deviationOf(host)?.rules ?? []),
    ...ERROR_RULES,
  ];
  const rule = rules.find((row) => matches(row, seen));
  // The last row of ERROR_RULES matches everything; this is for the compiler.
  return rule ?? { code: 'provider_error', kind: 'misconfigured' };
}
