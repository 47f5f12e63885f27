import { type Router, respond } from '@latchkey/core/server';
import { getSpaceDeletion, previewSpaceDeletion } from '../../common/index.ts';
import type { SpaceService } from '../spaces/index.ts';
import type { DeletionView, SpaceDeletions } from './space_deletions.ts';

/** Services that the handlers of these routes call. */
export interface DeletionRouteServices {
  readonly deletions: Pick<SpaceDeletions, 'get' | 'preview'>;
  readonly spaces: Pick<SpaceService, 'get'>;
}

/** Registers the routes that return the progress and the preview of a space's deletion. */
export function registerDeletionRoutes(router: Router<DeletionRouteServices>): void {
  router.handle(previewSpaceDeletion, async (request, { deletions, spaces }) => {
    const { id, name } = await spaces.get(request, request.params.id);
    return respond.ok({ id, name, counts: { ...(await deletions.preview(id)) } });
  });
  router.handle(getSpaceDeletion, async ({ params: { id } }, { deletions }) =>
    respond.ok(toBody(id, await deletions.get(id))),
  );
}

function toBody(id: string, { deletion, outstanding }: DeletionView) {
  const { spaceName, state, reason, requestedBy, deletingSince, finishedAt, steps } = deletion;
  return {
    id,
    name: spaceName,
    state,
    reason,
    ...(requestedBy === undefined ? {} : { requested_by: requestedBy.username }),
    started_at: deletingSince,
    ...(finishedAt === undefined ? {} : { finished_at: finishedAt }),
    steps: steps.map(({ errorCode, ...step }) => ({
      ...step,
      ...(errorCode === undefined ? {} : { error: errorCode }),
    })),
    outstanding: { ...outstanding },
  };
}
