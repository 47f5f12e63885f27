import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { connectorId, errorAt, pageQuery, profileUid } from './fields.ts';
import { MANAGE_GRANTS } from './privileges.ts';

const grant = z.object({
  profile_uid: z.string(),
  /** Name of the user. Absent if the user is disabled or deleted. */
  username: z.string().optional(),
  connection_status: z.string(),
  status_since: z.string().optional(),
  connected_at: z.string().optional(),
  expires_at: z.string().optional(),
  /**
   * Scopes that the connector now requests and the grant lacks. The user gets them by authorizing
   * again.
   */
  missing_scopes: z.array(z.string()).optional(),
  last_used_at: z.string().optional(),
  last_error: errorAt.optional(),
});

const route = { access: 'public', tags: ['grants'], privileges: [MANAGE_GRANTS] } as const;

/** Route that lists the users who have authorized a connector, for administrators. */
export const listGrants = defineRoute({
  ...route,
  method: 'get',
  path: '/api/actions/connector/{id}/grants',
  summary: 'List the users who have authorized a connector',
  description: 'The users, and the status and dates of each authorization. No tokens.',
  params: z.strictObject({ id: connectorId }),
  query: z.strictObject(pageQuery),
  responses: {
    200: {
      description: 'One page, oldest authorization first.',
      body: z.object({
        grants: z.array(grant),
        total: z.number(),
        page: z.number(),
        per_page: z.number(),
        failed_revocations: z
          .number()
          .describe(
            'Revocations of this connector that failed permanently in the last 90 days, for all users. These authorizations may still work at the provider.',
          ),
      }),
    },
  },
});

/** States by which {@link findGrants} can filter authorizations. */
export const GRANT_STATES = [
  'connected',
  'refresh_failing',
  'needs_reauth',
  'revocation_pending',
] as const;

/** Fields by which {@link findGrants} can sort its results. */
export const GRANT_SORT_FIELDS = ['connected_at', 'last_used_at', 'status'] as const;

/** Route that searches the authorizations of all connectors of a space, for administrators. */
export const findGrants = defineRoute({
  access: 'internal',
  tags: ['grants'],
  privileges: [MANAGE_GRANTS],
  method: 'get',
  path: '/internal/actions/grants',
  summary: 'Search the authorizations of all connectors of the space',
  description:
    'Without `status`: all that work, must be renewed or wait for their revocation. `status` selects by the stored state; an authorization that has expired since is listed as `needs_reauth` in the results. No tokens.',
  query: z.strictObject({
    ...pageQuery,
    connector_id: connectorId.optional(),
    profile_uid: profileUid.optional(),
    user: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'Part of the username or full name of enabled users; upper and lower case are equal.',
      ),
    status: z.enum(GRANT_STATES).optional(),
    sort_field: z.enum(GRANT_SORT_FIELDS).default('connected_at'),
    sort_order: z.enum(['asc', 'desc']).default('desc'),
  }),
  responses: {
    200: {
      description: 'One page. May lag behind the latest authorizations by a second.',
      body: z.object({
        grants: z.array(
          grant.extend({
            connector_id: z.string(),
            connector_name: z.string(),
            /** Name of the account at the provider. Absent if it is unknown. */
            account: z.string().optional(),
          }),
        ),
        total: z.number(),
        page: z.number(),
        per_page: z.number(),
        /**
         * Name of the user of the filter `profile_uid`. Absent: no filter, or the user was removed.
         */
        username: z.string().optional(),
        /**
         * Present if the search text matches more users than one search can cover: the number of
         * users whose authorizations were searched. Absent: the search covered all matching users.
         */
        users_cut_to: z.number().optional(),
      }),
    },
  },
});

/** Route that counts the users who have authorized a connector, for administrators who edit it. */
export const countGrants = defineRoute({
  access: 'internal',
  tags: ['grants'],
  privileges: ['actions:update'],
  method: 'get',
  path: '/internal/actions/connector/{id}/grants/_count',
  summary: 'Count the users who have authorized a connector',
  description: 'Numbers only. They may lag behind the latest authorizations by a second.',
  params: z.strictObject({ id: connectorId }),
  responses: {
    200: {
      description: 'The numbers.',
      body: z.object({
        /**
         * Users whose authorization works or must be renewed. An edit of the connector may
         * disconnect them.
         */
        users: z.number(),
        /** How many of `users` must authorize again. */
        need_reconnect: z.number(),
        /** Disconnected users whose tokens are not revoked at the provider yet. */
        revocation_pending: z.number(),
      }),
    },
  },
});

/** Route with which administrators end the authorization of one user. */
export const revokeGrant = defineRoute({
  ...route,
  method: 'delete',
  path: '/api/actions/connector/{id}/grants/{profile_uid}',
  summary: 'End a user’s authorization of a connector',
  description:
    'It ends immediately: the connector can no longer be used with it. The tokens are revoked at the provider.',
  params: z.strictObject({ id: connectorId, profile_uid: profileUid }),
  responses: {
    204: { description: 'The authorization has ended.' },
    404: { description: 'The connector does not exist, or the user has not authorized it.' },
  },
});
