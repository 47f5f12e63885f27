import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { MANAGE_SPACES, wantedSpaceParams } from './space_routes.ts';

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

/** Progress of the deletion of a space, known until 30 days after its end. */
export const getSpaceDeletion = defineRoute({
  method: 'get',
  path: '/internal/spaces/space/{id}/_deletion',
  access: 'internal',
  summary: 'Get the progress of the deletion of a space',
  description: 'Known until 30 days after its end.',
  tags: ['spaces'],
  privileges: [MANAGE_SPACES],
  params: wantedSpaceParams,
  responses: { 200: { description: 'The progress', body: progress } },
});
