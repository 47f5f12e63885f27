/** Where users find a connector: the path below which they reach the server, and the space. */
export interface Place {
  /** Empty: the server is at the root of its origin. */
  readonly basePath: string;
  readonly spaceId: string;
}

export const DEFAULT_SPACE = 'default';

/** Without a base path, in the default space. */
export const PLAIN_PLACE: Place = { basePath: '', spaceId: DEFAULT_SPACE };
/** With a base path, in another space: every address has both prefixes. */
export const NESTED_PLACE: Place = { basePath: '/kb', spaceId: 'team' };

/** All combinations of base path and space. */
export const PLACES: readonly Place[] = [
  PLAIN_PLACE,
  { ...PLAIN_PLACE, spaceId: NESTED_PLACE.spaceId },
  { ...PLAIN_PLACE, basePath: NESTED_PLACE.basePath },
  NESTED_PLACE,
];
/** For rows that take long: each prefix is missing once and present once. */
export const OPPOSITE_PLACES: readonly Place[] = [PLAIN_PLACE, NESTED_PLACE];
