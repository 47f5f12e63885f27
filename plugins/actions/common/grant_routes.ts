import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { connectorId, errorAt, pageQuery, profileUid } from './fields.ts';
import { MANAGE_GRANTS } from './privileges.ts';

const grant = z.object({
  profile_uid: z.string(),
  /** Name of the user. Left out: the user is disabled or deleted. */
  username: z.string().optional(),
  connection_status: z.string(),
  status_since: z.string().optional(),
  connected_at: z.string().optional(),
  expires_at: z.string().optional(),
  /** Scopes that the connector now asks for and the grant lacks. Authorizing again adds them. */
  missing_scopes: z.array(z.string()).optional(),
  last_used_at: z.string().optional(),
  last_error: errorAt.optional(),
});

const route = { access: 'public', tags: ['grants'], privileges: [MANAGE_GRANTS] } as const;

/** Users who have authorized a connector, for administrators. */
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

/** Numbers of users who have authorized a connector, for its administrators. */
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
        /** Users whose authorization works, or must be renewed. An edit may disconnect them. */
        users: z.number(),
        /** Of these, users who must authorize again. */
        need_reconnect: z.number(),
        /** Users who were disconnected, and whose tokens still wait to be revoked. */
        revocation_pending: z.number(),
      }),
    },
  },
});

/** Ends the authorization of one user, for administrators. */
export const revokeGrant = defineRoute({
  ...route,
  method: 'delete',
  path: '/api/actions/connector/{id}/grants/{profile_uid}',
  summary: 'End a user’s authorization of a connector',
  description:
    'The connector can no longer be used with it at once. The tokens are revoked at the provider.',
  params: z.strictObject({ id: connectorId, profile_uid: profileUid }),
  responses: {
    204: { description: 'The authorization has ended.' },
    404: { description: 'The connector does not exist, or the user has not authorized it.' },
  },
});
