import { type Router, respond } from '@latchkey/core/server';
import { startAuthorization } from '../../../common/index.ts';
import type { FlowDeps } from './flow_deps.ts';
import { startFlow } from './start_flow.ts';

/** Services of the routes of the flow. */
export interface FlowRouteServices {
  readonly flow: FlowDeps;
}

/**
 * Registers the start route for programs and the user interface. Users follow a link, see
 * `oauth/confirmation`.
 */
export function registerStartRoute(router: Router<FlowRouteServices>): void {
  router.handle(startAuthorization, async (request, { flow }) => {
    const { returnUrl } = request.body;
    const { connectorId } = request.params;
    const { cookie, ...started } = await startFlow(
      { principal: request, connectorId, returnUrl },
      flow,
    );
    return respond.ok(started, { cookies: [cookie] });
  });
}
