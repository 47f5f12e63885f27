export { filterKeys } from './key_filters.ts';
export { type Cursor, keyOrder } from './key_order.ts';
export { KeyQueryError, parseKeyQuery } from './parse_query.ts';
export { type KeySearch, type KeySearchResult, searchKeys } from './search_keys.ts';
