import { type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import type { MassRevocationService, RevocationJobView } from './mass_revocation.ts';
import { pageQuery, shownPage } from './page_query.ts';
import type { RevocationScope } from './revocation_job.ts';
import { type RevocationJobAudit, scopeOf } from './revocation_job_audit.ts';

/** Held by superusers and by roles with the base privilege `all` in every space: whoever may edit a connector may not end other people's grants. */
export const MANAGE_GRANTS = 'actions:manage-grants';

/** Where runs are started and looked at. */
export const RUNS_PATH = '/api/actions/grants/_revoke';
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

const runBody = z.object({
  id: z.string(),
  scope: z.object({
    type: z.string(),
    connector_id: z.string().optional(),
    profile_uid: z.string().optional(),
    provider: z.string().optional(),
  }),
  reason: z.string(),
  state: z.enum(states),
  /** Nothing waits any more. */
  is_settled: z.boolean(),
  requested_by: z.object({ username: z.string(), profile_uid: z.string() }).optional(),
  created_at: z.string(),
  started_at: z.string().optional(),
  finished_at: z.string().optional(),
  settled_at: z.string().optional(),
  /** Known so far. */
  total: z.number(),
  ended: z.number(),
  failed: z.number(),
  /** Adds up to `ended`. */
  revocation: z.object({
    revoked: z.number(),
    waiting: z.number(),
    failed: z.number(),
    unsupported: z.number(),
    replaced: z.number(),
  }),
});

/** What the routes work with. */
export interface RevocationJobRoutesDeps {
  readonly revocationJobs: MassRevocationService;
  readonly audit: RevocationJobAudit;
}

/** Registers mass revocation: start, count, progress, list and cancel. */
export function registerRevocationJobRoutes(
  router: Router,
  depsOf: () => RevocationJobRoutesDeps,
): void {
  addStartRoute(router, depsOf);
  addReadRoutes(router, depsOf);
  router.add(
    {
      method: 'post',
      path: `${RUNS_PATH}/{id}/_cancel`,
      access: 'public',
      summary: 'Cancel a mass revocation',
      description:
        'What it has ended stays ended, and is still revoked at its provider. Runs that follow an edit, a deletion or a leaver cannot be cancelled.',
      tags,
      security,
      validate: { params: z.strictObject({ id }) },
      responses: { 200: { description: 'The run.', body: runBody } },
    },
    async (request) => {
      const { revocationJobs, audit } = depsOf();
      const view = await revocationJobs.cancel(request.params.id);
      audit.cancels(request, view.run);
      return respond.ok(toRunBody(view));
    },
  );
}

function addStartRoute(router: Router, depsOf: () => RevocationJobRoutesDeps): void {
  router.add(
    {
      method: 'post',
      path: RUNS_PATH,
      access: 'public',
      summary: 'End many authorizations',
      description:
        'Ends every authorization of a connector, a person, a provider (EARS provider, or host of the token endpoint) or of everybody, in all spaces, that exists now, and revokes it at its provider. Works in the background; `dry_run` only counts.',
      tags,
      security,
      validate: { body: z.strictObject({ scope: scopeBody, dry_run: z.boolean().default(false) }) },
      responses: {
        200: {
          description: 'With `dry_run`: how many would end.',
          body: z.object({ dry_run: z.literal(true), total: z.number() }),
        },
        202: { description: 'The run, begun.', body: runBody },
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
      const run = await revocationJobs.startRun(scope, { reason: 'mass_revoke', actor: request });
      const body = toRunBody(await revocationJobs.get(run.id));
      return {
        ...respond.ok(body, { headers: { location: `${RUNS_PATH}/${run.id}` } }),
        status: 202,
      };
    },
  );
}

function addReadRoutes(router: Router, depsOf: () => RevocationJobRoutesDeps): void {
  router.add(
    {
      method: 'get',
      path: `${RUNS_PATH}/{id}`,
      access: 'public',
      summary: 'Get a run that ends authorizations',
      tags,
      security,
      validate: { params: z.strictObject({ id }) },
      responses: { 200: { description: 'The run and how far it is.', body: runBody } },
    },
    async (request) => respond.ok(toRunBody(await depsOf().revocationJobs.get(request.params.id))),
  );
  router.add(
    {
      method: 'get',
      path: RUNS_PATH,
      access: 'public',
      summary: 'List runs that end authorizations',
      description:
        'Mass revocations, and what follows edits and deletions of connectors and people who leave, newest first. Kept for 30 days.',
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
            jobs: z.array(runBody),
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
      const jobs = isShown ? views.map(toRunBody) : [];
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

function toRunBody({ run, counts }: RevocationJobView): z.infer<typeof runBody> {
  const { connectorId, profileUid, provider, requestedBy } = run;
  return {
    id: run.id,
    scope: {
      type: scopeOf(run).type,
      ...(connectorId === undefined ? {} : { connector_id: connectorId }),
      ...(profileUid === undefined ? {} : { profile_uid: profileUid }),
      ...(provider === undefined ? {} : { provider }),
    },
    reason: run.reason,
    state: run.state,
    is_settled: run.isSettled,
    ...(requestedBy === undefined
      ? {}
      : {
          requested_by: { username: requestedBy.username, profile_uid: requestedBy.profileUid },
        }),
    created_at: run.createdAt,
    ...(run.startedAt === undefined ? {} : { started_at: run.startedAt }),
    ...(run.finishedAt === undefined ? {} : { finished_at: run.finishedAt }),
    ...(run.settledAt === undefined ? {} : { settled_at: run.settledAt }),
    ...counts,
  };
}
