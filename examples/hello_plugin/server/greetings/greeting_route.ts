import { type Clock, type Router, respond } from '@latchkey/core/server';
import type { SavedObjectsStart } from '@latchkey/saved-objects';
import { z } from 'zod';
import { GREETING_TYPE, type GreetingAttributes } from './greeting_type.ts';

/** Privilege that the route requires. */
export const GREET_PRIVILEGE = 'helloPlugin:greet';

const response = z.strictObject({
  message: z.string(),
  /** Absent: this is the first greeting of the name. */
  last_greeted_at: z.iso.datetime().optional(),
});

/** Registers `POST /api/hello_plugin/greeting/{name}`. */
export function registerGreetingRoute(
  router: Router,
  deps: {
    readonly greeting: string;
    readonly clock: Pick<Clock, 'now'>;
    /** Resolves once the plugin has started. */
    readonly savedObjects: () => Promise<SavedObjectsStart>;
  },
): void {
  router.add(
    {
      method: 'post',
      path: '/api/hello_plugin/greeting/{name}',
      access: 'public',
      summary: 'Greet a name',
      tags: ['Hello plugin'],
      security: { requiredPrivileges: [GREET_PRIVILEGE] },
      validate: { params: z.strictObject({ name: z.string().min(1).max(100) }) },
      responses: { 200: { description: 'The greeting.', body: response } },
    },
    async ({ params: { name } }) => {
      const includedHiddenTypes = [GREETING_TYPE];
      const repository = (await deps.savedObjects()).createRepository({ includedHiddenTypes });
      const previous = await repository.getIfExists<GreetingAttributes>(GREETING_TYPE, name);
      const lastGreetedAt = new Date(deps.clock.now()).toISOString();
      await repository.create<GreetingAttributes>(
        GREETING_TYPE,
        { lastGreetedAt },
        { id: name, overwrite: true },
      );
      const body: z.infer<typeof response> = {
        message: `${deps.greeting}, ${name}`,
        last_greeted_at: previous?.attributes.lastGreetedAt,
      };
      return respond.ok(body);
    },
  );
}
