import { type Router, respond } from '@latchkey/core/server';
import { withoutUndefined } from '@latchkey/saved-objects';
import type { z } from 'zod';
import {
  cancelRevocationJob,
  getRevocationJob,
  listRevocationJobs,
  REVOCATION_JOBS_PATH,
  type revocationScope,
  startRevocationJob,
} from '../../../common/index.ts';
import type { MassRevocationService, RevocationJobView } from './mass_revocation.ts';
import { shownPage } from './page_query.ts';
import type { RevocationScope } from './revocation_job.ts';
import { type RevocationJobAudit, scopeOf } from './revocation_job_audit.ts';

/** Services that the handlers of the revocation job routes call. */
export interface RevocationJobRouteServices {
  readonly revocationJobs: MassRevocationService;
  readonly revocationJobAudit: RevocationJobAudit;
}

/** Registers the routes that start, count, read, list and cancel mass revocations. */
export function registerRevocationJobRoutes(router: Router<RevocationJobRouteServices>): void {
  router.handle(startRevocationJob, async (request, { revocationJobs, revocationJobAudit }) => {
    const scope = toScope(request.body.scope);
    if (request.body.dry_run) {
      const total = await revocationJobs.dryRun(scope);
      revocationJobAudit.counted(request, scope, total);
      return respond.ok({ dry_run: true, total });
    }
    revocationJobAudit.starts(request, scope);
    const job = await revocationJobs.startJob(scope, { reason: 'mass_revoke', actor: request });
    const body = toJobBody(await revocationJobs.get(job.id));
    return respond.json(202, body, {
      headers: { location: `${REVOCATION_JOBS_PATH}/${job.id}` },
    });
  });
  router.handle(getRevocationJob, async ({ params }, { revocationJobs }) =>
    respond.ok(toJobBody(await revocationJobs.get(params.id))),
  );
  router.handle(listRevocationJobs, async ({ query }, { revocationJobs }) => {
    const { page, per_page, connector_id, profile_uid, state } = query;
    const { isShown, ...shown } = shownPage(query);
    const { views, total } = await revocationJobs.list({
      ...shown,
      connectorId: connector_id,
      profileUid: profile_uid,
      state,
    });
    const jobs = isShown ? views.map(toJobBody) : [];
    return respond.ok({ jobs, total, page, per_page });
  });
  router.handle(cancelRevocationJob, async (request, { revocationJobs, revocationJobAudit }) => {
    const view = await revocationJobs.cancel(request.params.id);
    revocationJobAudit.cancels(request, view.job);
    return respond.ok(toJobBody(view));
  });
}

function toScope(body: z.output<typeof revocationScope>): RevocationScope {
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

function toJobBody({ job, counts }: RevocationJobView) {
  const { connectorId, profileUid, provider, requestedBy } = job;
  return {
    id: job.id,
    scope: {
      type: scopeOf(job).type,
      ...withoutUndefined({
        connector_id: connectorId,
        profile_uid: profileUid,
        provider,
      }),
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
    ...withoutUndefined({
      started_at: job.startedAt,
      finished_at: job.finishedAt,
      settled_at: job.settledAt,
    }),
    ...counts,
  };
}
