import { plainSchemas, type SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Name of the saved-object type. The id is the hash of the session id, which is never stored. */
export const SESSION_TYPE = 'session';

const attributesV1 = {
  username: z.string(),
  profileUid: z.string(),
  /** The user's `sessionEpoch` at login. The session ends when the user's epoch changes. */
  epoch: z.string(),
  /** Time of the last use, in ISO 8601. */
  lastSeenAt: z.string(),
  expiresAt: z.string(),
};

const attributesV2 = {
  ...attributesV1,
  /** ISO date of the login. Absent: an older build created the session. */
  createdAt: z.string().optional(),
  /** Name of the browser, from a fixed list. Absent: unknown. */
  browser: z.string().optional(),
  system: z.string().optional(),
};

/** The saved-object type of sessions. */
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
      schemas: plainSchemas(attributesV1),
    },
    2: {
      changes: [],
      schemas: plainSchemas(attributesV2),
    },
  },
};
