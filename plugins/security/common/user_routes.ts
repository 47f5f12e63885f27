import { defineRoute, optionalPlainText } from '@latchkey/core/common';
import { z } from 'zod';
import { elasticsearchName, MAX_NAME_LENGTH, metadataKey } from './elasticsearch_names.ts';
import { newPassword, presentedPassword } from './password_schema.ts';
import { MANAGE_SECURITY } from './privileges.ts';

/** Name of a user. It is case-sensitive, as in Kibana. */
const username = elasticsearchName.refine(
  (name) => !name.includes(':'),
  // RFC 7617 §2: in HTTP Basic, the first colon ends the name.
  'must not contain a colon, which HTTP Basic cannot transmit',
);

/** Returns `true` if a user can have this name. */
export const isUsername = (text: string): boolean => username.safeParse(text).success;

const userParams = z.strictObject({ username });

const metadataValue = z.union([z.string().max(1024), z.number(), z.boolean()]);

/**
 * Body of Kibana's request. As in Kibana, `full_name`, `email` and `metadata` that are absent are
 * removed from an existing account.
 */
const saveUserBody = z.strictObject({
  username: username.optional(),
  password: newPassword.nullish(),
  /** Always required, because a client that omits the member does not mean to remove all roles. */
  roles: z.array(z.string().min(1).max(MAX_NAME_LENGTH)).max(100),
  full_name: optionalPlainText(256).nullish(),
  email: z.string().max(256).nullish(),
  metadata: z.record(metadataKey, metadataValue).nullish(),
  enabled: z.boolean().default(true),
});

const user = z.object({
  username: z.string(),
  roles: z.array(z.string()),
  full_name: z.string().nullable(),
  email: z.string().nullable(),
  metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  enabled: z.boolean(),
  profile_uid: z.string(),
});

const versionedUser = user.extend({
  version: z
    .string()
    .describe('Not in Kibana. Changes with every member of this body that administrators edit.'),
});

/** A user in a page of the list. */
const listedUser = versionedUser.extend({
  last_login: z
    .string()
    .nullable()
    .describe('Last login with the form. `null`: none since this is recorded.'),
});

const MAX_PAGE = 10_000;

const usersQuery = z.strictObject({
  /**
   * Text to find in the username, full name or email address. Upper and lower case count as equal.
   */
  search: z.string().max(256).optional(),
  page: z.coerce.number().int().min(1).max(MAX_PAGE).default(1),
  per_page: z.coerce.number().int().min(1).max(100).default(25),
});

const passwordBody = z.strictObject({
  /** Current password. Required when users change their own password. */
  password: presentedPassword.optional(),
  newPassword,
  /**
   * `true`: also ends every API key of the user. An attacker who had the old password may have
   * created some.
   */
  invalidateApiKeys: z.boolean().default(false),
});

const route = { access: 'internal', tags: ['users'], privileges: [MANAGE_SECURITY] } as const;
const ONE = '/internal/security/users/{username}';

/** Lists all users without their password hashes. */
export const listUsers = defineRoute({
  ...route,
  method: 'get',
  path: '/internal/security/users',
  summary: 'List users',
  responses: { 200: { description: 'The users', body: z.array(user) } },
});

/** Lists the users whose name or address contains a text, in pages, sorted by username. */
export const queryUsers = defineRoute({
  ...route,
  method: 'get',
  path: '/internal/security/users/_query',
  summary: 'Search users',
  query: usersQuery,
  responses: {
    200: {
      description: 'One page of the users',
      body: z.object({
        users: z.array(listedUser),
        total: z.int(),
        page: z.int(),
        per_page: z.int(),
      }),
    },
  },
});

/** Returns one user without the password hash. */
export const getUser = defineRoute({
  ...route,
  method: 'get',
  path: ONE,
  summary: 'Get a user',
  params: userParams,
  responses: { 200: { description: 'The user', body: versionedUser } },
});

/** Creates a user, or changes one. */
export const saveUser = defineRoute({
  ...route,
  method: 'post',
  path: ONE,
  summary: 'Create or update a user',
  params: userParams,
  query: z.strictObject({
    /** `true`: an existing user is not changed, and the request is refused with 409. */
    createOnly: z.stringbool().default(false),
    version: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'Not in Kibana. Version of the user that the caller edited. Refused with 409 `stale_version` when the user was changed since, and with 404 when the user was deleted. Absent: replaces any version.',
      ),
  }),
  body: saveUserBody,
  responses: { 200: { description: 'The user', body: user } },
});

/** Deletes a user. Refused for the last superuser. */
export const deleteUser = defineRoute({
  ...route,
  method: 'delete',
  path: ONE,
  summary: 'Delete a user',
  params: userParams,
  responses: { 204: { description: 'Deleted' } },
});

/** Lets a disabled user sign in again. */
export const enableUser = defineRoute({
  ...route,
  method: 'post',
  path: `${ONE}/_enable`,
  summary: 'Enable a user, who can then sign in again',
  params: userParams,
  responses: { 204: { description: 'Enabled' } },
});

/** Disables a user and ends their sessions. */
export const disableUser = defineRoute({
  ...route,
  method: 'post',
  path: `${ONE}/_disable`,
  summary: 'Disable a user, who can then not sign in',
  params: userParams,
  responses: { 204: { description: 'Disabled' } },
});

/**
 * Changes the caller's own password, or the password of any user if the caller may manage security.
 */
export const changePassword = defineRoute({
  method: 'post',
  path: `${ONE}/password`,
  access: 'internal',
  summary: 'Change a password',
  params: userParams,
  body: passwordBody,
  responses: { 204: { description: 'Changed' } },
});
