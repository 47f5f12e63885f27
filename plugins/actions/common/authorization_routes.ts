import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { accountChangeBody } from './account_change_routes.ts';
import { connectorId, errorAt, flowId, oauthParams } from './fields.ts';

/**
 * A scope and a sentence that explains it. `text` is absent if only the provider knows the meaning.
 */
const scopeText = z.object({ scope: z.string(), text: z.string().optional() });

/** Next step of the user for this connection. `none`: the connection works. */
const nextStep = z.enum([
  'authorize',
  'choose_site',
  'reconnect',
  'wait',
  'ask_administrator',
  'none',
]);

/** The caller's connection to one connector. */
export const connectionStatusBody = z.object({
  user_auth_status: z.enum(['connected', 'not_connected', 'not_applicable']),
  /**
   * Exact status of the connection. Absent if the connector has no authorizations. Not in Kibana.
   */
  connection_status: z.string().optional(),
  status_since: z.string().optional(),
  /** Instant at which the user authorized, ISO 8601. Not in Kibana. */
  connected_at: z.string().optional(),
  /** Instant of the last use, ISO 8601. It may be up to ten minutes too early. Not in Kibana. */
  last_used_at: z.string().optional(),
  expires_at: z.string().optional(),
  /**
   * Instant from which the user must authorize again, ISO 8601. Absent: unknown, never, or the user
   * must authorize already. Not in Kibana.
   */
  authorization_ends_at: z.string().optional(),
  /** Absent if the connector has no authorizations. Not in Kibana. */
  next_step: nextStep.optional(),
  /** The newest authorization that was started and is not finished. Not in Kibana. */
  pending_attempt: z.object({ flow_id: z.string(), expires_at: z.string() }).optional(),
  account: z.string().optional(),
  /** The chosen site, if the authorization covers several sites. Not in Kibana. */
  site: z.object({ id: z.string(), label: z.string() }).optional(),
  scopes: z.array(z.string()).optional(),
  /**
   * Scopes that the connector now requests and the grant lacks. The user gets them by authorizing
   * again.
   */
  missing_scopes: z.array(z.string()).optional(),
  /**
   * Requested and granted scopes, each with a sentence that explains it. `granted` is absent if the
   * provider did not name the granted scopes. Not in Kibana.
   */
  scope_texts: z
    .object({ requested: z.array(scopeText), granted: z.array(scopeText).optional() })
    .optional(),
  last_error: errorAt.optional(),
  /**
   * Number of revocations that failed permanently in the last 90 days, and the instant of the last
   * one. The authorizations may still work at the provider, where the user has to remove them. Not
   * in Kibana.
   */
  failed_revocations: z.object({ count: z.number(), at: z.string() }).optional(),
  /**
   * Number of authorizations that ended here in the last 90 days and could not be revoked, and the
   * instant of the last one. They may still work at the provider, where the user has to remove
   * them. Not in Kibana.
   */
  unsupported_revocations: z.object({ count: z.number(), at: z.string() }).optional(),
  /**
   * A grant of another account, or of an account that the provider did not name. It waits for the
   * user's decision at the route `_account_change`. Not in Kibana.
   */
  account_change: z
    .object({ flow_id: z.string(), account: z.string().optional(), expires_at: z.string() })
    .optional(),
});

/**
 * Result of revoking the grant at the provider. `waiting`: the revocation is tried again until the
 * provider accepts it. `unsupported`: the provider offers no revocation. `failed`: the provider
 * refused the revocation permanently. After `unsupported` and `failed`, the user must remove the
 * authorization at the provider. `none`: there was no authorization.
 */
const disconnectRevocation = z.enum(['revoked', 'waiting', 'unsupported', 'failed', 'none']);

const route = { access: 'internal', method: 'post', tags: ['oauth'] } as const;

/**
 * Route with which programs and the user interface start an authorization. Users follow a link
 * instead.
 */
export const startAuthorization = defineRoute({
  ...route,
  path: '/internal/actions/connector/{connectorId}/_start_oauth_flow',
  summary: 'Start an OAuth authorization',
  params: oauthParams,
  body: z.strictObject({ returnUrl: z.string().min(1).max(2048).optional() }).default({}),
  responses: {
    200: {
      description: 'URL to open in the browser, and the flow.',
      body: z.object({
        authorizationUrl: z.string(),
        state: z.string(),
        flowId: z.string(),
        /** The authorization must be finished at the provider before this instant, ISO 8601. */
        expiresAt: z.string(),
      }),
    },
  },
});

/**
 * Outcome of an authorization attempt. `pending` with `account_change`: the provider returned
 * another account, and the attempt waits for the user's decision.
 */
export const attemptOutcomeBody = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('pending'),
    connector_id: z.string(),
    /** Latest instant at which the attempt ends, ISO 8601. */
    expires_at: z.string(),
    account_change: accountChangeBody.optional(),
  }),
  z.object({
    status: z.literal('succeeded'),
    connector_id: z.string(),
    /** Name of the account at the provider. Absent if the provider did not name it. */
    account: z.string().optional(),
    /** `true`: the user was connected with another account before. */
    account_changed: z.boolean(),
  }),
  z.object({
    status: z.literal('failed'),
    connector_id: z.string(),
    /** A code of docs/errors.md. */
    code: z.string(),
  }),
  z.object({ status: z.literal('cancelled'), connector_id: z.string() }),
  z.object({ status: z.literal('expired'), connector_id: z.string() }),
]);

/** Route that returns the outcome of the caller's own authorization attempt. */
export const getAttemptOutcome = defineRoute({
  ...route,
  method: 'get',
  path: '/internal/actions/connector/{connectorId}/_oauth_flow/{flowId}',
  summary: 'Get the outcome of my authorization attempt',
  description:
    'Kept for one hour after the end of the attempt. Only the user who started it can read it, in the space in which it was started. Everybody else gets 404, as for an unknown attempt.',
  params: oauthParams.extend({ flowId }),
  responses: {
    200: { description: 'The outcome, or `pending`.', body: attemptOutcomeBody },
    404: { description: 'The caller has no such attempt, or it ended more than an hour ago.' },
  },
});

/** Route that cancels an unfinished authorization of the caller. */
export const cancelAuthorization = defineRoute({
  ...route,
  path: '/internal/actions/connector/{connectorId}/_oauth_cancel',
  summary: 'Cancel a pending authorization',
  description:
    'Names the authorization by its state or by its flow id. Only the user who started it may cancel it. An unknown authorization, or one of another connector, has no effect; a flow id of another user has none either.',
  params: oauthParams,
  body: z.union([
    z.strictObject({ state: z.string().min(1).max(256) }),
    z.strictObject({ flowId }),
  ]),
  responses: { 204: { description: 'The authorization can no longer be finished.' } },
});

/** Route that ends the caller's own authorization. */
export const disconnect = defineRoute({
  ...route,
  path: '/internal/actions/connector/{connectorId}/_oauth_disconnect',
  summary: 'End my authorization of a connector',
  description:
    'It ends immediately: the connector can no longer be used with it. The tokens are revoked at the provider; this is retried until the provider responds. With `with_outcome=true` the response says what happened at the provider.',
  params: oauthParams,
  query: z.strictObject({ with_outcome: z.stringbool().default(false) }),
  responses: {
    200: {
      description: 'With `with_outcome=true`: the authorization has ended, or there was none.',
      body: z.object({ revocation: disconnectRevocation }),
    },
    204: { description: 'The authorization has ended, or there was none.' },
  },
});

/**
 * Route that returns the caller's connections to all connectors of the space, or to the listed
 * ones.
 */
export const getAuthorizationStatus = defineRoute({
  ...route,
  path: '/internal/actions/connectors/_me/auth_status',
  summary: 'Get my authorization status of connectors',
  body: z.strictObject({ connector_ids: z.array(connectorId).max(10_000).optional() }).optional(),
  responses: {
    200: {
      description: 'Status by connector id.',
      body: z.record(z.string(), connectionStatusBody),
    },
  },
});
