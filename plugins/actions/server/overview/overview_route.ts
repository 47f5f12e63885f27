import { chooseLanguage, type Router, respond } from '@latchkey/core/server';
import { getOverview } from '../../common/index.ts';
import type { OverviewReader } from './overview_reader.ts';

/** Services that the handler of the route calls. */
export interface OverviewRouteServices {
  readonly overview: OverviewReader;
}

/** Registers the route that returns everything the pages about connectors show first. */
export function registerOverviewRoute(router: Router<OverviewRouteServices>): void {
  router.handle(getOverview, async (request, { overview }) =>
    respond.ok(await overview.read(request, chooseLanguage(request.headers['accept-language']))),
  );
}
