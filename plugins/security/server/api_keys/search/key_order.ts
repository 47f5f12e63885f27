import type { API_KEY_SORT_FIELDS } from '../../../common/index.ts';
import type { ApiKey } from '../store/api_key.ts';

/**
 * Position of a key in a sort order: one value per criterion. `null`: the key has no such value.
 */
export type Cursor = readonly (string | number | null)[];

const SORT_VALUES = {
  id: ({ id }: ApiKey) => id,
  name: ({ name }: ApiKey) => name,
  username: ({ username }: ApiKey) => username,
  creation: ({ createdAt }: ApiKey) => createdAt.getTime(),
  expiration: ({ expiresAt }: ApiKey) => expiresAt?.getTime() ?? null,
  type: () => 'rest',
  realm: () => 'native',
} as const satisfies Readonly<Record<KeySortField, unknown>>;

type KeySortField = (typeof API_KEY_SORT_FIELDS)[number];

/** Sort criterion that a client chose. */
export interface KeySort {
  readonly field: KeySortField;
  readonly direction: 'asc' | 'desc';
}

/** Sort order in which no two keys are equal, so that pages neither repeat nor skip a key. */
export interface KeyOrder {
  cursorOf(key: ApiKey): Cursor;
  compare(first: Cursor, second: Cursor): number;
  /** Returns `true` if a value from a client can be a cursor of this order. */
  isCursor(given: Cursor): boolean;
}

/**
 * The order that a client chose. As in Kibana, ties are resolved by name and creation, and then by
 * id. Without the id, paging by cursor would skip keys that are equal in all other criteria.
 */
export function keyOrder({ field, direction }: KeySort): KeyOrder {
  const fields = [...new Set<KeySortField>([field, 'name', 'creation', 'id'])];
  const signs = fields.map((_, index) => (index === 0 && direction === 'desc' ? -1 : 1));
  const holdsNumbers = fields.map((one) => one === 'creation' || one === 'expiration');
  return {
    cursorOf: (key) => fields.map((one) => SORT_VALUES[one](key)),
    compare: (first, second) => {
      for (const [index, sign] of signs.entries()) {
        const order = compareValues(first[index] ?? null, second[index] ?? null, sign);
        if (order !== 0) return order;
      }
      return 0;
    },
    isCursor: (given) =>
      given.length === fields.length &&
      given.every(
        (value, index) =>
          value === null || (typeof value === 'number') === (holdsNumbers[index] ?? false),
      ),
  };
}

/** A missing value comes last in both directions, as in Elasticsearch. */
function compareValues(
  first: string | number | null,
  second: string | number | null,
  sign: number,
): number {
  if (first === second) return 0;
  if (first === null) return 1;
  if (second === null) return -1;
  return first < second ? -sign : sign;
}
