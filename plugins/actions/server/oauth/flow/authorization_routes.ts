import { type Router, respond, type UrlBuilder } from '@latchkey/core/server';
import { cancelAuthorization, disconnect, startAuthorization } from '../../../common/index.ts';
import type { AuthorizationFlow } from './authorization_flow.ts';

/** Services of the routes of the flow. */
export interface FlowRouteServices {
  readonly flow: AuthorizationFlow;
  readonly urls: UrlBuilder;
}

/**
 * Registers start, cancel and disconnect for programs and the user interface. Each acts only on the
 * caller's own authorization. Users start by a link, see `oauth/confirmation`.
 */
export function registerAuthorizationRoutes(router: Router<FlowRouteServices>): void {
  router.handle(startAuthorization, async (request, { flow }) => {
    const { returnUrl } = request.body;
    const { connectorId } = request.params;
    const { cookie, ...started } = await flow.start({ principal: request, connectorId, returnUrl });
    return respond.ok(started, { cookies: [cookie] });
  });
  router.handle(cancelAuthorization, async (request, { flow }) => {
    await flow.cancel(request, { ...request.params, ...request.body });
    return respond.noContent();
  });
  router.handle(disconnect, async (request, { flow }) => {
    await flow.disconnect(request, request.params.connectorId);
    return respond.noContent();
  });
}
