import { type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import { MANAGE_SPACES } from '../spaces/index.ts';
import type { DeletionView, SpaceDeletions } from './space_deletions.ts';

const counts = z.record(z.string(), z.number());

const progress = z.object({
  id: z.string(),
  name: z.string(),
  state: z
    .enum(['running', 'completed'])
    .describe('`completed`: nothing of the space is left, and its id can be used again.'),
  reason: z
    .enum(['requested', 'orphaned'])
    .describe('`orphaned`: the space was gone already, and data of it was found.'),
  requested_by: z.string().optional().describe('Username. Absent: the server itself.'),
  started_at: z.string(),
  finished_at: z.string().optional(),
  steps: z.array(
    z.object({
      id: z.string().describe('Plugin that holds data per space.'),
      removed: counts.describe('Objects removed so far, by kind.'),
      remaining: z.number().describe('Number of unfinished pieces of work.'),
      error: z.string().optional().describe('Code of the last failure; the handler is retried.'),
    }),
  ),
  outstanding: counts.describe(
    'Confirmations that third parties still owe, and those that will never come, by kind; may be more than zero after the deletion.',
  ),
});

/** Registers the route that returns the progress of a space's deletion. */
export function registerDeletionRoutes(
  router: Router,
  deletions: Pick<SpaceDeletions, 'get'>,
): void {
  router.add(
    {
      method: 'get',
      path: '/internal/spaces/space/{id}/_deletion',
      access: 'internal',
      summary: 'Get the progress of the deletion of a space',
      description: 'Known until 30 days after its end.',
      tags: ['spaces'],
      security: { requiredPrivileges: [MANAGE_SPACES] },
      validate: { params: z.strictObject({ id: z.string().min(1).max(512) }) },
      responses: { 200: { description: 'The progress', body: progress } },
    },
    async (request) => {
      const { id } = request.params;
      return respond.ok(toBody(id, await deletions.get(id)));
    },
  );
}

function toBody(id: string, { deletion, outstanding }: DeletionView): z.infer<typeof progress> {
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
