import { plainSchemas, type SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Name of the saved-object type of users. The id of a document is the username. */
export const USER_TYPE = 'user';

/**
 * Name of the saved-object type of profiles, which contain username, settings and last login. The
 * id is the profile uid.
 */
export const USER_PROFILE_TYPE = 'user_profile';

const userAttributesV1 = {
  username: z.string(),
  profileUid: z.string(),
  passwordHash: z.string(),
  sessionEpoch: z.string(),
  roles: z.array(z.string()),
  fullName: z.string().optional(),
  email: z.string().optional(),
  metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  enabled: z.boolean(),
  /**
   * Instant of the last write that protects the last superuser; see `SuperuserGuard`. It is written
   * when another superuser is removed while this one remains.
   */
  guardedAt: z.string().optional(),
};

const userAttributesV2 = {
  ...userAttributesV1,
  /**
   * Epoch of the user's API keys: only keys that were created with it are valid. Absent until all
   * keys of the user are invalidated for the first time.
   */
  apiKeyEpoch: z.string().optional(),
};

const userAttributesV3 = {
  ...userAttributesV2,
  /** Result of the check for development passwords. Absent: an older build wrote the password. */
  vetting: z.object({ of: z.string(), isDevelopmentPassword: z.boolean() }).optional(),
};

const profileAttributesV1 = { username: z.string() };

const profileAttributesV2 = {
  ...profileAttributesV1,
  /** Both are any text, so that an older build can read values that a newer build has added. */
  settings: z.object({ theme: z.string(), language: z.string() }).optional(),
  /** Instant of the last login by form, in ISO 8601. */
  lastLoginAt: z.string().optional(),
};

/** The saved-object type of users. The id is the username. */
export const userType: SavedObjectsType = {
  name: USER_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: { username: { type: 'keyword' }, enabled: { type: 'boolean' } } },
  modelVersions: {
    1: {
      changes: [],
      schemas: plainSchemas(userAttributesV1),
    },
    2: {
      changes: [],
      schemas: plainSchemas(userAttributesV2),
    },
    3: {
      changes: [],
      schemas: plainSchemas(userAttributesV3),
    },
  },
};

/** The saved-object type of user profiles. The id is the profile uid. */
export const userProfileType: SavedObjectsType = {
  name: USER_PROFILE_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: { properties: { username: { type: 'keyword' } } },
  modelVersions: {
    1: {
      changes: [],
      schemas: plainSchemas(profileAttributesV1),
    },
    2: {
      changes: [],
      schemas: plainSchemas(profileAttributesV2),
    },
  },
};
