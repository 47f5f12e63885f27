import { type Router, respond } from '@latchkey/core/server';
import { getSpaceDeletion } from '../../common/index.ts';
import type { DeletionView, SpaceDeletions } from './space_deletions.ts';

/** Registers the route that returns the progress of a space's deletion. */
export function registerDeletionRoutes(
  router: Router<{ readonly deletions: Pick<SpaceDeletions, 'get'> }>,
): void {
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
