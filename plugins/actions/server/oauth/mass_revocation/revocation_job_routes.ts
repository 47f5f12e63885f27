import { type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import type { MassRevocationService, RevocationJobView } from './mass_revocation.ts';
import { pageQuery, shownPage } from './page_query.ts';
import type { RevocationScope } from './revocation_job.ts';
import { type RevocationJobAudit, scopeOf } from './revocation_job_audit.ts';

/**
 * Privilege of superusers and of roles with the base privilege `all` in every space. Users who may
 * edit a connector need this privilege too before they may end grants of other users.
 */
export const MANAGE_GRANTS = 'actions:manage-grants';

/** Path that starts and lists revocation jobs. */
export const REVOCATION_JOBS_PATH = '/api/actions/grants/_revoke';
const tags = ['grants'];
const security = { requiredPrivileges: [MANAGE_GRANTS] };
const id = z.string().min(1).max(64);
const connectorId = z.string().min(1).max(36);
const profileUid = z.string().min(1).max(512);
const states = ['prepared', 'running', 'completed', 'cancelled'] as const;

const scopeBody = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('connector'), connector_id: connectorId }),
  z.strictObject({ type: z.literal('user'), profile_uid: profileUid }),
  z.strictObject({ type: z.literal('provider'), provider: z.string().trim().min(1).max(512) }),
  z.strictObject({ type: z.literal('all') }),
]);

const jobBody = z.object({
  id: z.string(),
  scope: z.object({
    type: z.string(),
    connector_id: z.string().optional(),
    profile_uid: z.string().optional(),
    provider: z.string().optional(),
  }),
  reason: z.string(),
  state: z.enum(states),
  /** `true`: no revocation waits any more. */
  is_settled: z.boolean(),
  requested_by: z.object({ username: z.string(), profile_uid: z.string() }).optional(),
  created_at: z.string(),
  started_at: z.string().optional(),
  finished_at: z.string().optional(),
  settled_at: z.string().optional(),
  /** Grants found so far. */
  total: z.number(),
  ended: z.number(),
  failed: z.number(),
  /** Its members add up to `ended`. */
  revocation: z.object({
    revoked: z.number(),
    waiting: z.number(),
    failed: z.number(),
    unsupported: z.number(),
    replaced: z.number(),
  }),
});

/** Dependencies of {@link registerRevocationJobRoutes}. */
export interface RevocationJobRoutesDeps {
  readonly revocationJobs: MassRevocationService;
  readonly audit: RevocationJobAudit;
}

/** Registers the mass revocation routes: start, count, progress, list and cancel. */
export function registerRevocationJobRoutes(
  router: Router,
  depsOf: () => RevocationJobRoutesDeps,
): void {
  addStartRoute(router, depsOf);
  addReadRoutes(router, depsOf);
  router.add(
    {
      method: 'post',
      path: `${REVOCATION_JOBS_PATH}/{id}/_cancel`,
      access: 'public',
      summary: 'Cancel a mass revocation',
      description:
        'Authorizations that have ended stay ended and are still revoked at their provider. A job that follows an edit, a deletion or a removed user cannot be cancelled.',
      tags,
      security,
      validate: { params: z.strictObject({ id }) },
      responses: { 200: { description: 'The revocation job.', body: jobBody } },
    },
    async (request) => {
      const { revocationJobs, audit } = depsOf();
      const view = await revocationJobs.cancel(request.params.id);
      audit.cancels(request, view.job);
      return respond.ok(toJobBody(view));
    },
  );
}

function addStartRoute(router: Router, depsOf: () => RevocationJobRoutesDeps): void {
  router.add(
    {
      method: 'post',
      path: REVOCATION_JOBS_PATH,
      access: 'public',
      summary: 'End many authorizations',
      description:
        'Ends every existing authorization of a connector, of a user, of a provider (EARS provider, or host of the token endpoint) or of all users, in all spaces. Revokes each at its provider. Works in the background. With `dry_run` it only counts.',
      tags,
      security,
      validate: { body: z.strictObject({ scope: scopeBody, dry_run: z.boolean().default(false) }) },
      responses: {
        200: {
          description: 'With `dry_run`: the number of authorizations that would end.',
          body: z.object({ dry_run: z.literal(true), total: z.number() }),
        },
        202: { description: 'The revocation job, started.', body: jobBody },
      },
    },
    async (request) => {
      const { revocationJobs, audit } = depsOf();
      const scope = toScope(request.body.scope);
      if (request.body.dry_run) {
        const total = await revocationJobs.dryRun(scope);
        audit.counted(request, scope, total);
        return respond.ok({ dry_run: true, total });
      }
      audit.starts(request, scope);
      const job = await revocationJobs.startJob(scope, { reason: 'mass_revoke', actor: request });
      const body = toJobBody(await revocationJobs.get(job.id));
      return {
        ...respond.ok(body, { headers: { location: `${REVOCATION_JOBS_PATH}/${job.id}` } }),
        status: 202,
      };
    },
  );
}

function addReadRoutes(router: Router, depsOf: () => RevocationJobRoutesDeps): void {
  router.add(
    {
      method: 'get',
      path: `${REVOCATION_JOBS_PATH}/{id}`,
      access: 'public',
      summary: 'Get a revocation job',
      tags,
      security,
      validate: { params: z.strictObject({ id }) },
      responses: { 200: { description: 'The revocation job and its progress.', body: jobBody } },
    },
    async (request) => respond.ok(toJobBody(await depsOf().revocationJobs.get(request.params.id))),
  );
  router.add(
    {
      method: 'get',
      path: REVOCATION_JOBS_PATH,
      access: 'public',
      summary: 'List revocation jobs',
      description:
        'Jobs of mass revocations, connector edits and deletions, and removed users, newest first. Kept for 30 days.',
      tags,
      security,
      validate: {
        query: z.strictObject({
          ...pageQuery,
          connector_id: connectorId.optional(),
          profile_uid: profileUid.optional(),
          state: z.enum(states).optional(),
        }),
      },
      responses: {
        200: {
          description: 'One page.',
          body: z.object({
            jobs: z.array(jobBody),
            total: z.number(),
            page: z.number(),
            per_page: z.number(),
          }),
        },
      },
    },
    async ({ query }) => {
      const { page, per_page, connector_id, profile_uid, state } = query;
      const { isShown, ...shown } = shownPage(query);
      const { views, total } = await depsOf().revocationJobs.list({
        ...shown,
        connectorId: connector_id,
        profileUid: profile_uid,
        state,
      });
      const jobs = isShown ? views.map(toJobBody) : [];
      return respond.ok({ jobs, total, page, per_page });
    },
  );
}

function toScope(body: z.infer<typeof scopeBody>): RevocationScope {
  switch (body.type) {
    case 'connector':
      return { type: body.type, connectorId: body.connector_id };
    case 'user':
      return { type: body.type, profileUid: body.profile_uid };
    case 'provider':
      return { type: body.type, provider: body.provider.toLowerCase() };
    case 'all':
      return { type: body.type };
    default:
      return body satisfies never;
  }
}

function toJobBody({ job, counts }: RevocationJobView): z.infer<typeof jobBody> {
  const { connectorId, profileUid, provider, requestedBy } = job;
  return {
    id: job.id,
    scope: {
      type: scopeOf(job).type,
      ...(connectorId === undefined ? {} : { connector_id: connectorId }),
      ...(profileUid === undefined ? {} : { profile_uid: profileUid }),
      ...(provider === undefined ? {} : { provider }),
    },
    reason: job.reason,
    state: job.state,
    is_settled: job.isSettled,
    ...(requestedBy === undefined
      ? {}
      : {
          requested_by: { username: requestedBy.username, profile_uid: requestedBy.profileUid },
        }),
    created_at: job.createdAt,
    ...(job.startedAt === undefined ? {} : { started_at: job.startedAt }),
    ...(job.finishedAt === undefined ? {} : { finished_at: job.finishedAt }),
    ...(job.settledAt === undefined ? {} : { settled_at: job.settledAt }),
    ...counts,
  };
}
