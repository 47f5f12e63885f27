import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';

const session = z.object({
  created_at: z.string().nullable().describe('`null`: an older version created the session.'),
  last_used_at: z.string().describe('Time of the last request, at most five minutes too early.'),
  expires_at: z.string().describe('Time at which the session ends, even if it is in use.'),
  browser: z.string().nullable().describe('`null`: unknown.'),
  system: z.string().nullable().describe('Operating system. `null`: unknown.'),
  is_current: z.boolean().describe('`true`: the session of this request.'),
});

const route = { access: 'internal', tags: ['users'] } as const;

/** Lists the active sessions of the signed-in user. */
export const listSessions = defineRoute({
  ...route,
  method: 'get',
  path: '/internal/security/sessions',
  summary: 'List the sessions of the signed-in user',
  description: 'The most recently used first, at most 100. Not for API keys.',
  responses: {
    200: {
      description: 'The sessions',
      body: z.object({ sessions: z.array(session), total: z.int() }),
    },
  },
});

/** Ends sessions of the signed-in user. */
export const endSessions = defineRoute({
  ...route,
  method: 'post',
  path: '/internal/security/sessions/_end',
  summary: 'End sessions of the signed-in user',
  description:
    'Ends the sessions in this process immediately, in other processes within 2 seconds. API keys stay valid. Not for API keys.',
  body: z.strictObject({
    sessions: z
      .enum(['others', 'all'])
      .describe('`others`: the browser of this request stays signed in, under a new session id.'),
  }),
  responses: { 204: { description: 'Ended' } },
});
