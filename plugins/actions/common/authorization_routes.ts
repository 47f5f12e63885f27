import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { connectorId, errorAt, oauthParams } from './fields.ts';

const statusBody = z.object({
  user_auth_status: z.enum(['connected', 'not_connected', 'not_applicable']),
  /** Exact status of the connection. Left out: not applicable. Not in Kibana. */
  connection_status: z.string().optional(),
  status_since: z.string().optional(),
  expires_at: z.string().optional(),
  account: z.string().optional(),
  scopes: z.array(z.string()).optional(),
  /** Scopes that the connector now asks for and the grant lacks. Authorizing again adds them. */
  missing_scopes: z.array(z.string()).optional(),
  last_error: errorAt.optional(),
  /**
   * Revocations that failed permanently in the last 90 days. The authorizations may still work at
   * the provider and have to be removed there. Not in Kibana.
   */
  failed_revocations: z.object({ count: z.number(), at: z.string() }).optional(),
  /**
   * Authorizations that ended in the last 90 days and could not be revoked. They may still work at
   * the provider and have to be removed there. Not in Kibana.
   */
  unsupported_revocations: z.object({ count: z.number(), at: z.string() }).optional(),
  /**
   * A grant of another account, or of an account that the provider did not name, which waits for
   * the user's decision at `_account_change`. Not in Kibana.
   */
  account_change: z
    .object({ flow_id: z.string(), account: z.string().optional(), expires_at: z.string() })
    .optional(),
});

const route = { access: 'internal', method: 'post', tags: ['oauth'] } as const;

/** Starts an authorization, for programs and the user interface. Users follow a link. */
export const startAuthorization = defineRoute({
  ...route,
  path: '/internal/actions/connector/{connectorId}/_start_oauth_flow',
  summary: 'Start an OAuth authorization',
  params: oauthParams,
  body: z.strictObject({ returnUrl: z.string().min(1).max(2048).optional() }).default({}),
  responses: {
    200: {
      description: 'URL to open in the browser, and the flow.',
      body: z.object({ authorizationUrl: z.string(), state: z.string(), flowId: z.string() }),
    },
  },
});

/** Cancels a pending authorization of the caller. */
export const cancelAuthorization = defineRoute({
  ...route,
  path: '/internal/actions/connector/{connectorId}/_oauth_cancel',
  summary: 'Cancel a pending authorization',
  description:
    'Only the user who started it may cancel it. An unknown state, or one of another connector, has no effect.',
  params: oauthParams,
  body: z.strictObject({ state: z.string().min(1).max(256) }),
  responses: { 204: { description: 'The authorization can no longer be finished.' } },
});

/** Ends the caller's own authorization. */
export const disconnect = defineRoute({
  ...route,
  path: '/internal/actions/connector/{connectorId}/_oauth_disconnect',
  summary: 'End my authorization of a connector',
  description:
    'The connector can no longer be used with it at once. The tokens are revoked at the provider; this is retried until the provider responds.',
  params: oauthParams,
  responses: { 204: { description: 'The authorization has ended, or there was none.' } },
});

/** The caller's connections to all connectors of the space, or to the listed ones. */
export const getAuthorizationStatus = defineRoute({
  ...route,
  path: '/internal/actions/connectors/_me/auth_status',
  summary: 'Get my authorization status of connectors',
  body: z.strictObject({ connector_ids: z.array(connectorId).max(10_000).optional() }).optional(),
  responses: {
    200: { description: 'Status by connector id.', body: z.record(z.string(), statusBody) },
  },
});
