import type { OAuthErrorCode, OAuthFailureKind } from '../types.ts';

/** What was being asked of the token endpoint. */
export type GrantOperation = 'authorization_code' | 'refresh_token' | 'client_credentials';

/** A failed answer, reduced to what decides whose turn it is. */
export interface FailureObservation {
  readonly operation: GrantOperation;
  readonly dialect: 'standard' | 'ears';
  readonly status: number;
  /** Lower case; `undefined`: the answer names no error. */
  readonly error: string | undefined;
  /** Lower case, may be empty. Matched, never shown. */
  readonly description: string;
}

/** One row of a failure table. A condition that is left out matches everything; the first matching row decides. */
export interface FailureRule {
  readonly when: {
    readonly operations?: readonly GrantOperation[];
    readonly dialect?: 'standard' | 'ears';
    /** Inclusive. */
    readonly status?: readonly [from: number, to: number];
    /** Lower case; `none`: the answer names no error. */
    readonly errors?: readonly string[] | 'none';
    /** Lower-case part of the description. */
    readonly descriptionHas?: string;
  };
  readonly code: OAuthErrorCode;
  /** `transient` is the only kind worth a retry without anybody's doing. */
  readonly kind: OAuthFailureKind;
  readonly reason: string;
}

/** Whether a row applies. */
export function matches(rule: FailureRule, seen: FailureObservation): boolean {
  const { operations, dialect, status, errors, descriptionHas } = rule.when;
  if (operations !== undefined && !operations.includes(seen.operation)) return false;
  if (dialect !== undefined && dialect !== seen.dialect) return false;
  if (status !== undefined && (seen.status < status[0] || seen.status > status[1])) return false;
  if (errors === 'none' && seen.error !== undefined) return false;
  if (Array.isArray(errors) && !errors.includes(seen.error)) return false;
  return descriptionHas === undefined || seen.description.includes(descriptionHas);
}
