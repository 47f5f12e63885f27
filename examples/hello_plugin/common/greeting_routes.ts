import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';

/** Privilege that a user needs for the route. */
export const GREET_PRIVILEGE = 'helloPlugin:greet';

/** Route that greets a name and stores the time of the greeting. */
export const greet = defineRoute({
  method: 'post',
  path: '/api/hello_plugin/greeting/{name}',
  access: 'public',
  summary: 'Greet a name',
  tags: ['Hello plugin'],
  privileges: [GREET_PRIVILEGE],
  params: z.strictObject({ name: z.string().min(1).max(100) }),
  responses: {
    200: {
      description: 'The greeting.',
      body: z.strictObject({
        message: z.string(),
        /** Instant of the previous greeting. Absent: this is the first greeting of the name. */
        last_greeted_at: z.iso.datetime().optional(),
      }),
    },
  },
});
