import { setImmediate } from 'node:timers/promises';
import type { ApiKey } from '../store/api_key.ts';
import { isManaged } from './key_filters.ts';
import type { Cursor, KeyOrder } from './key_order.ts';
import type { KeyCondition } from './parse_query.ts';

/** Maximum number of buckets. The same as Elasticsearch's default. */
const MAX_BUCKETS = 10;
/** Number of keys above the page size at which the collected list is sorted and cut. */
const SLACK = 1000;
/** Maximum milliseconds of work before other requests are served. */
const MAX_BUSY_MS = 10;

/** One page of the keys that match. */
export interface KeySearch {
  readonly matches: KeyCondition;
  readonly order: KeyOrder;
  /** Keys at or before this cursor are counted, but not returned. */
  readonly after: Cursor | undefined;
  /** Number of keys to skip. */
  readonly from: number;
  /** Maximum number of keys on the page. */
  readonly size: number;
}

interface Place {
  readonly id: string;
  readonly cursor: Cursor;
}

/** Result of a search, in Kibana's format. */
export interface KeySearchResult {
  readonly places: readonly Place[];
  /** Number of matching keys on all pages. */
  readonly total: number;
  /** Number of all keys that the caller may see, whether they match or not. */
  readonly aggregationTotal: number;
  readonly aggregations: {
    readonly usernames: { readonly buckets: readonly { readonly key: string }[] };
    readonly types: { readonly buckets: readonly { readonly key: string }[] };
    readonly expired: { readonly doc_count: number };
    readonly managed: {
      readonly buckets: {
        readonly metadataBased: { readonly doc_count: number };
        readonly namePrefixBased: { readonly doc_count: number };
      };
    };
  };
}

/**
 * Reads every key once, and keeps only the keys of one page. The stores cannot run these queries:
 * they have no wildcards and do not index metadata.
 */
export async function searchKeys(
  keys: AsyncIterable<ApiKey>,
  { matches, order, after, from, size }: KeySearch,
  nowMs: number,
): Promise<KeySearchResult> {
  const counts = { all: 0, matching: 0, expired: 0, metadataBased: 0, namePrefixBased: 0 };
  const keysOfUser = new Map<string, number>();
  const end = from + size;
  let places: Place[] = [];
  const sortAndCut = () => {
    places.sort((first, second) => order.compare(first.cursor, second.cursor));
    places = places.slice(0, end);
  };
  let busySince = performance.now();
  for await (const key of keys) {
    if (performance.now() - busySince > MAX_BUSY_MS) {
      await setImmediate();
      busySince = performance.now();
    }
    const managed = isManaged(key);
    counts.all += 1;
    counts.expired += Number(key.expiresAt !== undefined && key.expiresAt.getTime() <= nowMs);
    counts.metadataBased += Number(managed.byMetadata);
    counts.namePrefixBased += Number(managed.byName);
    keysOfUser.set(key.username, (keysOfUser.get(key.username) ?? 0) + 1);
    if (!matches(key, nowMs)) continue;
    counts.matching += 1;
    const cursor = order.cursorOf(key);
    if (after !== undefined && order.compare(cursor, after) <= 0) continue;
    places.push({ id: key.id, cursor });
    if (places.length > end + SLACK) sortAndCut();
  }
  sortAndCut();
  return {
    places: places.slice(from),
    total: counts.matching,
    aggregationTotal: counts.all,
    aggregations: {
      usernames: { buckets: largest(keysOfUser) },
      types: { buckets: counts.all === 0 ? [] : [{ key: 'rest' }] },
      expired: { doc_count: counts.expired },
      managed: {
        buckets: {
          metadataBased: { doc_count: counts.metadataBased },
          namePrefixBased: { doc_count: counts.namePrefixBased },
        },
      },
    },
  };
}

function largest(counts: ReadonlyMap<string, number>): readonly { readonly key: string }[] {
  return [...counts]
    .sort(([one, count], [other, otherCount]) => otherCount - count || (one < other ? -1 : 1))
    .slice(0, MAX_BUCKETS)
    .map(([key]) => ({ key }));
}
