import { type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import type { FlowDeps } from './flow_deps.ts';
import { startFlow } from './start_flow.ts';

const params = z.strictObject({ connectorId: z.string().min(1).max(36) });

/**
 * Registers the start route for programs and the user interface. Users follow a link, see
 * `oauth/confirmation`.
 */
export function registerStartRoute(router: Router, depsOf: () => FlowDeps): void {
  router.add(
    {
      method: 'post',
      path: '/internal/actions/connector/{connectorId}/_start_oauth_flow',
      access: 'internal',
      summary: 'Start an OAuth authorization',
      tags: ['oauth'],
      validate: {
        params,
        body: z.strictObject({ returnUrl: z.string().min(1).max(2048).optional() }).default({}),
      },
      responses: {
        200: {
          description: 'URL to open in the browser, and the flow.',
          body: z.object({ authorizationUrl: z.string(), state: z.string(), flowId: z.string() }),
        },
      },
    },
    async (request) => {
      const { returnUrl } = request.body;
      const { connectorId } = request.params;
      const { cookie, ...started } = await startFlow(
        { principal: request, connectorId, returnUrl },
        depsOf(),
      );
      return respond.ok(started, { cookies: [cookie] });
    },
  );
}
