import type { ApiKey } from '../store/api_key.ts';
import type { KeyCondition } from './parse_query.ts';

/** Filters of Kibana's page, in addition to the query. */
export interface KeyFilters {
  /** Usernames of the owners. Empty: keys of every user. */
  readonly usernames?: readonly string[] | undefined;
  readonly type?: 'rest' | 'cross_cluster' | 'managed' | undefined;
  readonly expired?: boolean | undefined;
}

/** Tells if Kibana shows the key as one that a server created for itself. */
export function isManaged({ name, metadata }: Pick<ApiKey, 'name' | 'metadata'>) {
  return {
    byMetadata: metadata['managed'] === true || metadata['managed'] === 'true',
    byName: name.startsWith('Alerting: '),
  };
}

/** Converts filters to a condition. */
export function filterKeys({ usernames = [], type, expired }: KeyFilters): KeyCondition {
  const owners = new Set(usernames);
  return (key, nowMs) => {
    if (owners.size > 0 && !owners.has(key.username)) return false;
    if (expired !== undefined) {
      const isExpired = key.expiresAt !== undefined && key.expiresAt.getTime() <= nowMs;
      if (isExpired !== expired) return false;
    }
    if (type === undefined) return true;
    const { byMetadata, byName } = isManaged(key);
    return type === 'cross_cluster' ? false : (type === 'managed') === (byMetadata || byName);
  };
}
