import { type Clock, type Router, respond } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import { greet } from '../../common/index.ts';
import { GREETING_TYPE, type GreetingAttributes } from './greeting_type.ts';

/** Dependencies of the handler. Core provides them once the plugin has started. */
export interface GreetingServices {
  readonly greeting: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Repository with access to the hidden type of greetings. */
  readonly repository: SavedObjectsRepository;
}

/** Registers `POST /api/hello_plugin/greeting/{name}`. */
export function registerGreetingRoute(router: Router<GreetingServices>): void {
  router.handle(greet, async ({ params: { name } }, { greeting, clock, repository }) => {
    const previous = await repository.getIfExists<GreetingAttributes>(GREETING_TYPE, name);
    const lastGreetedAt = new Date(clock.now()).toISOString();
    await repository.create<GreetingAttributes>(
      GREETING_TYPE,
      { lastGreetedAt },
      { id: name, overwrite: true },
    );
    return respond.ok({
      message: `${greeting}, ${name}`,
      last_greeted_at: previous?.attributes.lastGreetedAt,
    });
  });
}
