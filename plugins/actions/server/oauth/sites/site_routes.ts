import { type Router, respond } from '@latchkey/core/server';
import { chooseSite, listSites } from '../../../common/index.ts';
import { type AuthorizableConnectors, FlowError } from '../flow/index.ts';
import type { SiteService } from '../tokens/index.ts';

/** Services that the site routes call. */
export interface SiteRouteServices {
  readonly authorizable: Pick<AuthorizableConnectors, 'ensureMayAuthorize' | 'find'>;
  readonly sites: SiteService;
}

/** Registers the routes with which users list and choose the sites that their grants cover. */
export function registerSiteRoutes(router: Router<SiteRouteServices>): void {
  router.handle(listSites, async (request, { authorizable, sites }) => {
    const { connectorId } = request.params;
    const profileUid = await authorizable.ensureMayAuthorize(request, connectorId);
    await authorizable.find(connectorId, request.spaceId);
    const { sites: found, siteId } = await sites.of({ connectorId, profileUid });
    return respond.ok({
      sites: found.map(({ id, label }) => ({ id, label })),
      ...(siteId === undefined ? {} : { site_id: siteId }),
    });
  });
  router.handle(chooseSite, async (request, { authorizable, sites }) => {
    const { connectorId } = request.params;
    const profileUid = await authorizable.ensureMayAuthorize(request, connectorId);
    await authorizable.find(connectorId, request.spaceId);
    const owner = { connectorId, profileUid };
    const site = await sites.choose(owner, request.body.site_id, request);
    if (site === undefined) throw new FlowError('site_not_found');
    return respond.ok({ site: { id: site.id, label: site.label } });
  });
}
