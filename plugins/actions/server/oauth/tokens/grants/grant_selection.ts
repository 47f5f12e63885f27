import { type Filter, filter } from '@latchkey/saved-objects';
import { type GrantRecord, USABLE_STATES } from './grant_record.ts';

/** Conditions for usable grants. An absent member does not restrict. */
export interface UsableGrants {
  readonly connectorId?: string | undefined;
  readonly profileUid?: string | undefined;
  readonly clientFingerprint?: string | undefined;
  /** Grants authorized after this instant are left out. */
  readonly authorizedUntil?: Date | undefined;
}

/** Selects the grants that `GrantStore.iterate` and `GrantStore.count` include. */
export type GrantSelection =
  | { readonly connectorId: string }
  | { readonly profileUid: string }
  | { readonly lastUsedBefore: Date }
  | { readonly usable: UsableGrants }
  | { readonly keepAliveBefore: Date }
  | { readonly heldUntilBefore: Date };

/** Conditions of `GrantStore.search`. */
export interface GrantSearch {
  /** Not empty. */
  readonly connectorIds: readonly string[];
  /** Users, at most 500. Empty: the search finds nothing. `undefined`: all users. */
  readonly profileUids: readonly string[] | undefined;
  readonly states: readonly GrantRecord['state'][];
}

/** Page of `GrantStore.search`. */
export interface GrantPage {
  /** From 1. */
  readonly page: number;
  /** Maximum number of entries on a page. */
  readonly perPage: number;
  readonly sort: {
    readonly field: 'createdAt' | 'lastUsedAt' | 'status';
    readonly order: 'asc' | 'desc';
  };
}

/**
 * Returns the filters of a selection. Several filters when no single index gives all matches: each
 * is searched separately. No grant matches two of them.
 */
export function filtersOf(selection: GrantSelection): readonly Filter[] {
  if ('connectorId' in selection) return [filter.equals('connectorId', selection.connectorId)];
  if ('profileUid' in selection) return [filter.equals('profileUid', selection.profileUid)];
  if ('keepAliveBefore' in selection)
    return [filter.before('keepAliveAt', selection.keepAliveBefore)];
  if ('heldUntilBefore' in selection)
    return [filter.before('heldUntil', selection.heldUntilBefore)];
  if ('usable' in selection) return [usableFilter(selection.usable)];
  const { lastUsedBefore } = selection;
  return [
    filter.before('lastUsedAt', lastUsedBefore),
    filter.and(filter.not(filter.exists('lastUsedAt')), filter.before('createdAt', lastUsedBefore)),
  ];
}

/** Returns the filter of usable grants, of users and shared. */
export function usableFilter({ authorizedUntil, ...members }: UsableGrants): Filter {
  const equal = Object.entries(members).flatMap(([field, value]) =>
    value === undefined ? [] : [filter.equals(field, value)],
  );
  return filter.and(
    ...equal,
    filter.isOneOf('status', USABLE_STATES),
    // Grants of older builds have no date; they were authorized earlier.
    ...(authorizedUntil === undefined
      ? []
      : [filter.not(filter.after('authorizedAt', authorizedUntil))]),
  );
}
