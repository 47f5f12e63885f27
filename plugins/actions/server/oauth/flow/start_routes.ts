import { HttpError, type Router, respond, type ServerRequest } from '@latchkey/core/server';
import { z } from 'zod';
import type { FlowDeps } from './flow_deps.ts';
import { startFlow } from './start_flow.ts';

const params = z.strictObject({ connectorId: z.string().min(1).max(36) });

/** Path of the link that begins an authorization, without base path and space. */
export function startLinkPath(connectorId: string): string {
  return `/api/actions/connector/${encodeURIComponent(connectorId)}/oauth/start`;
}

/** Registers the two ways to begin: for the UI, and as a link to send to a person. */
export function registerStartRoutes(router: Router, depsOf: () => FlowDeps): void {
  router.add(
    {
      method: 'post',
      path: '/internal/actions/connector/{connectorId}/_start_oauth_flow',
      access: 'internal',
      summary: 'Begin an OAuth authorization',
      tags: ['oauth'],
      validate: {
        params,
        body: z.strictObject({ returnUrl: z.string().min(1).max(2048).optional() }),
      },
      responses: {
        200: {
          description: 'Where to send the browser.',
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
  router.add(
    {
      method: 'get',
      path: '/api/actions/connector/{connectorId}/oauth/start',
      access: 'public',
      summary: 'Begin an OAuth authorization by link',
      description:
        'Sends the browser to the provider. Works only as a page of its own: not in a frame, an image or a script.',
      tags: ['oauth'],
      validate: { params, query: z.strictObject({}) },
      responses: { 302: { description: 'To the provider.' } },
      options: { isPage: true },
    },
    async (request) => {
      ensurePageOfItsOwn(request);
      const { connectorId } = request.params;
      const { cookie, authorizationUrl } = await startFlow(
        { principal: request, connectorId, returnUrl: undefined },
        depsOf(),
      );
      return respond.redirect(authorizationUrl, { cookies: [cookie] });
    },
  );
}

/**
 * Other sites can embed a link, and browsers may fetch it ahead of a click; they say so in fetch metadata. Clients that are no browsers send none.
 * @throws HttpError 403, 405
 */
function ensurePageOfItsOwn({ method, headers }: ServerRequest): void {
  // A HEAD request is a look, not a click.
  if (method !== 'GET')
    throw new HttpError(405, 'Only GET is allowed here.', { headers: { allow: 'GET' } });
  const { 'sec-fetch-dest': destination = 'document', 'sec-fetch-mode': mode = 'navigate' } =
    headers;
  const isAhead = headers['sec-purpose'] !== undefined;
  if (destination !== 'document' || mode !== 'navigate' || isAhead) {
    throw new HttpError(403, 'An authorization can only be started in a window of its own.');
  }
}
