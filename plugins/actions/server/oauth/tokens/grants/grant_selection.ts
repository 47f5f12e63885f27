import { type Filter, filter } from '@latchkey/saved-objects';
import { type GrantRecord, USABLE_STATES } from './grant_record.ts';

/** Conditions for usable grants. An absent member is not a condition. */
export interface UsableGrants {
  readonly connectorId?: string | undefined;
  readonly profileUid?: string | undefined;
  readonly clientFingerprint?: string | undefined;
  /** Excludes grants that were authorized after this instant. */
  readonly authorizedUntil?: Date | undefined;
}

/** Selects grants for `GrantStore.iterate` and `GrantStore.count`. */
export type GrantSelection =
  | { readonly connectorId: string }
  | { readonly profileUid: string }
  | { readonly lastUsedBefore: Date }
  | { readonly usable: UsableGrants }
  | { readonly keepAliveBefore: Date }
  | { readonly heldUntilBefore: Date }
  /** Unchecked grants stored before `before`, or after `after` by a server whose clock is ahead. */
  | { readonly unchecked: { readonly before: Date; readonly after: Date } };

/** Conditions and order of `GrantStore.search`. */
export interface GrantSearch {
  /** Ids of the connectors. Must not be empty. */
  readonly connectorIds: readonly string[];
  /** Profile uids of at most 500 users. Empty: the search finds nothing. `undefined`: all users. */
  readonly profileUids: readonly string[] | undefined;
  readonly states: readonly GrantRecord['state'][];
}

/** A page of the results of `GrantStore.search`. */
export interface GrantPage {
  /** Number of the page, from 1. */
  readonly page: number;
  /** Maximum number of grants on a page. */
  readonly perPage: number;
  readonly sort: {
    readonly field: 'createdAt' | 'lastUsedAt' | 'status';
    readonly order: 'asc' | 'desc';
  };
}

/**
 * Returns the filters of a selection. There are several if no single index finds all matching
 * grants; each filter is then searched separately. No grant matches two filters.
 */
export function filtersOf(selection: GrantSelection): readonly Filter[] {
  if ('connectorId' in selection) return [filter.equals('connectorId', selection.connectorId)];
  if ('profileUid' in selection) return [filter.equals('profileUid', selection.profileUid)];
  if ('keepAliveBefore' in selection)
    return [filter.before('keepAliveAt', selection.keepAliveBefore)];
  if ('heldUntilBefore' in selection)
    return [filter.before('heldUntil', selection.heldUntilBefore)];
  if ('unchecked' in selection)
    return [
      filter.before('uncheckedSince', selection.unchecked.before),
      filter.after('uncheckedSince', selection.unchecked.after),
    ];
  if ('usable' in selection) return [usableFilter(selection.usable)];
  const { lastUsedBefore } = selection;
  return [
    filter.before('lastUsedAt', lastUsedBefore),
    filter.and(filter.not(filter.exists('lastUsedAt')), filter.before('createdAt', lastUsedBefore)),
  ];
}

/** Returns the filter for usable grants of users and for shared tokens. */
export function usableFilter({ authorizedUntil, ...members }: UsableGrants): Filter {
  const equal = Object.entries(members).flatMap(([field, value]) =>
    value === undefined ? [] : [filter.equals(field, value)],
  );
  return filter.and(
    ...equal,
    filter.isOneOf('status', USABLE_STATES),
    // Grants of older versions have no date. They were authorized before any date that is asked
    // for.
    ...(authorizedUntil === undefined
      ? []
      : [filter.not(filter.after('authorizedAt', authorizedUntil))]),
  );
}
