import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Name of the saved-object type; the id is the hash of the session id, which itself is never stored. */
export const SESSION_TYPE = 'session';

const attributes = {
  username: z.string(),
  profileUid: z.string(),
  /** The person's `sessionEpoch` at login; the session ends when theirs changes. */
  epoch: z.string(),
  /** ISO instants. */
  lastSeenAt: z.string(),
  expiresAt: z.string(),
};

export const sessionType: SavedObjectsType = {
  name: SESSION_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: {
    properties: {
      profileUid: { type: 'keyword' },
      lastSeenAt: { type: 'date' },
      expiresAt: { type: 'date' },
    },
  },
  modelVersions: {
    1: {
      changes: [],
      schemas: {
        create: z.strictObject(attributes),
        forwardCompatibility: z.object(attributes),
      },
    },
  },
};
