import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { connectorId, pageQuery, profileUid } from './fields.ts';
import { MANAGE_GRANTS } from './privileges.ts';

/** Path of the routes that start and list revocation jobs. */
export const REVOCATION_JOBS_PATH = '/api/actions/grants/_revoke';

const params = z.strictObject({ id: z.string().min(1).max(64) });
const state = z.enum(['prepared', 'running', 'completed', 'cancelled']);

/** The set of grants that a revocation job ends. */
export const revocationScope = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('connector'), connector_id: connectorId }),
  z.strictObject({ type: z.literal('user'), profile_uid: profileUid }),
  z.strictObject({ type: z.literal('provider'), provider: z.string().trim().min(1).max(512) }),
  z.strictObject({ type: z.literal('all') }),
]);

const job = z.object({
  id: z.string(),
  scope: z.object({
    type: z.string(),
    connector_id: z.string().optional(),
    profile_uid: z.string().optional(),
    provider: z.string().optional(),
  }),
  reason: z.string(),
  state,
  /** `true`: the provider has decided on every revocation of this job; none is waiting. */
  is_settled: z.boolean(),
  requested_by: z.object({ username: z.string(), profile_uid: z.string() }).optional(),
  created_at: z.string(),
  started_at: z.string().optional(),
  finished_at: z.string().optional(),
  settled_at: z.string().optional(),
  /** Number of grants that the job has found so far. */
  total: z.number(),
  ended: z.number(),
  failed: z.number(),
  /**
   * Numbers of ended grants by the result of their revocation at the provider. Their sum is
   * `ended`.
   */
  revocation: z.object({
    revoked: z.number(),
    waiting: z.number(),
    failed: z.number(),
    unsupported: z.number(),
    replaced: z.number(),
  }),
});

const route = { access: 'public', tags: ['grants'], privileges: [MANAGE_GRANTS] } as const;

/** Route that starts a revocation job, or counts the grants that it would end. */
export const startRevocationJob = defineRoute({
  ...route,
  method: 'post',
  path: REVOCATION_JOBS_PATH,
  summary: 'End many authorizations',
  description:
    'Ends every existing authorization of a connector, of a user, of a provider (EARS provider, or host of the token endpoint) or of all users, in all spaces. Revokes each at its provider. Works in the background. With `dry_run` it only counts.',
  body: z.strictObject({ scope: revocationScope, dry_run: z.boolean().default(false) }),
  responses: {
    200: {
      description: 'With `dry_run`: the number of authorizations that would end.',
      body: z.object({ dry_run: z.literal(true), total: z.number() }),
    },
    202: { description: 'The revocation job, started.', body: job },
  },
});

/** Route that returns a revocation job and its progress. */
export const getRevocationJob = defineRoute({
  ...route,
  method: 'get',
  path: `${REVOCATION_JOBS_PATH}/{id}`,
  summary: 'Get a revocation job',
  params,
  responses: { 200: { description: 'The revocation job and its progress.', body: job } },
});

/** Route that lists revocation jobs, newest first. */
export const listRevocationJobs = defineRoute({
  ...route,
  method: 'get',
  path: REVOCATION_JOBS_PATH,
  summary: 'List revocation jobs',
  description:
    'Jobs of mass revocations, connector edits and deletions, and removed users, newest first. Kept for 30 days.',
  query: z.strictObject({
    ...pageQuery,
    connector_id: connectorId.optional(),
    profile_uid: profileUid.optional(),
    state: state.optional(),
  }),
  responses: {
    200: {
      description: 'One page.',
      body: z.object({
        jobs: z.array(job),
        total: z.number(),
        page: z.number(),
        per_page: z.number(),
      }),
    },
  },
});

/** Route that cancels a mass revocation. */
export const cancelRevocationJob = defineRoute({
  ...route,
  method: 'post',
  path: `${REVOCATION_JOBS_PATH}/{id}/_cancel`,
  summary: 'Cancel a mass revocation',
  description:
    'Authorizations that have ended stay ended and are still revoked at their provider. A job that follows an edit, a deletion or a removed user cannot be cancelled.',
  params,
  responses: { 200: { description: 'The revocation job.', body: job } },
});
