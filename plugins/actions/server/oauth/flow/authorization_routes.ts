import type { ResponseInput } from '@latchkey/core/common';
import { type Router, respond, type ServerRequest, type UrlBuilder } from '@latchkey/core/server';
import { getAttemptOutcome, startAuthorization } from '../../../common/index.ts';
import { accountChangeBodyOf } from './account_change_body.ts';
import type { AttemptOutcome, AttemptOutcomes } from './attempt_outcomes.ts';
import type { AuthorizationFlow } from './authorization_flow.ts';
import { isSameBrowser } from './browser_binding.ts';

/** Services that the handlers of the flow routes call. */
export interface FlowRouteServices {
  readonly flow: AuthorizationFlow;
  readonly attempts: Pick<AttemptOutcomes, 'read'>;
  readonly urls: UrlBuilder;
}

type OutcomeBody = ResponseInput<typeof getAttemptOutcome, 200>;

/**
 * Registers the routes with which programs and the user interface start an authorization and read
 * its outcome. They affect only the caller's own authorizations. Users start by a link
 * (`oauth/confirmation`), and end an authorization by the routes of `own_authorizations.ts`.
 */
export function registerAuthorizationRoutes(router: Router<FlowRouteServices>): void {
  router.handle(startAuthorization, async (request, { flow }) => {
    const { returnUrl } = request.body;
    const { connectorId } = request.params;
    const started = await flow.start({ principal: request, connectorId, returnUrl });
    const { cookie, expiresAt, ...body } = started;
    return respond.ok({ ...body, expiresAt: expiresAt.toISOString() }, { cookies: [cookie] });
  });
  router.handle(getAttemptOutcome, async (request, { attempts }) => {
    const outcome = await attempts.read(request, request.params);
    return respond.ok(toOutcomeBody(outcome, request.params.connectorId, request.cookies));
  });
}

function toOutcomeBody(
  outcome: AttemptOutcome,
  connectorId: string,
  cookies: ServerRequest['cookies'],
): OutcomeBody {
  const about = { connector_id: connectorId };
  switch (outcome.status) {
    case 'pending': {
      const { status, expiresAt, accountChange } = outcome;
      return {
        status,
        ...about,
        expires_at: expiresAt.toISOString(),
        ...(accountChange === undefined
          ? {}
          : {
              account_change: accountChangeBodyOf({
                ...accountChange,
                isSameBrowser: isSameBrowser(cookies, accountChange),
              }),
            }),
      };
    }
    case 'succeeded': {
      const { status, account, accountChanged } = outcome;
      const named = account === undefined ? {} : { account };
      return { status, ...about, ...named, account_changed: accountChanged };
    }
    case 'failed':
      return { status: outcome.status, ...about, code: outcome.code };
    case 'cancelled':
    case 'expired':
      return { status: outcome.status, ...about };
    default:
      return outcome satisfies never;
  }
}
