import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { MANAGE_SPACES, spaceLookupParams } from './space_routes.ts';

const counts = z.record(z.string(), z.number());

const progress = z.object({
  id: z.string(),
  name: z.string(),
  state: z
    .enum(['running', 'completed'])
    .describe('`completed`: all data of the space was removed, and its id can be used again.'),
  reason: z
    .enum(['requested', 'orphaned'])
    .describe('`orphaned`: the space no longer existed, and data of the space was found.'),
  requested_by: z.string().optional().describe('Username. Absent: the server itself.'),
  started_at: z.string(),
  finished_at: z.string().optional(),
  steps: z.array(
    z.object({
      id: z.string().describe('Plugin that stores data per space.'),
      removed: counts.describe('Number of objects removed so far, by kind.'),
      remaining: z.number().describe('Number of unfinished pieces of work.'),
      error: z.string().optional().describe('Code of the last failure; the handler is retried.'),
    }),
  ),
  outstanding: counts.describe(
    'Number of confirmations that third parties have not sent yet, or will never send, by kind. May be more than zero after the deletion.',
  ),
});

/** Gets the progress of the deletion of a space, until 30 days after the end of the deletion. */
export const getSpaceDeletion = defineRoute({
  method: 'get',
  path: '/internal/spaces/space/{id}/_deletion',
  access: 'internal',
  summary: 'Get the progress of the deletion of a space',
  description: 'Available until 30 days after the end of the deletion.',
  tags: ['spaces'],
  privileges: [MANAGE_SPACES],
  params: spaceLookupParams,
  responses: { 200: { description: 'The progress', body: progress } },
});

/** Counts the objects that deleting a space would remove or change, by kind. */
export const previewSpaceDeletion = defineRoute({
  method: 'get',
  path: '/internal/spaces/space/{id}/_deletion_preview',
  access: 'internal',
  summary: 'Count what the deletion of a space removes',
  description:
    'Kinds are those of `removed` in the progress of a deletion. Counts may lack changes of the last second.',
  tags: ['spaces'],
  privileges: [MANAGE_SPACES],
  params: spaceLookupParams,
  responses: {
    200: {
      description: 'The numbers',
      body: z.object({ id: z.string(), name: z.string(), counts }),
    },
  },
});
