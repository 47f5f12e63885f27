import { type Router, respond } from '@latchkey/core/server';
import { decideAccountChange, getAccountChange } from '../../../common/index.ts';
import type { FlowRouteServices } from '../flow/index.ts';
import { decideAccount, findAccountChange } from './decide_account.ts';

/** Registers the API by which the user interface and programs decide about an account. */
export function registerAccountChangeApi(router: Router<FlowRouteServices>): void {
  router.handle(getAccountChange, async (request, { flow }) => {
    const { cookies, params } = request;
    const change = await findAccountChange(
      { principal: request, cookies },
      params.connectorId,
      flow,
    );
    return respond.ok({
      flow_id: change.flowId,
      connected_account: change.from,
      ...(change.to === undefined ? {} : { new_account: change.to }),
      expires_at: change.until.toISOString(),
      can_change: change.isSameBrowser,
    });
  });
  router.handle(decideAccountChange, async (request, { flow }) => {
    const { cookies, params } = request;
    const { flow_id: flowId, decision } = request.body;
    const change = await decideAccount(
      { principal: request, cookies },
      { connectorId: params.connectorId, flowId, decision },
      flow,
    );
    const connected = decision === 'keep' ? change.from : change.to;
    const { revocation } = change;
    return respond.ok({
      decision,
      ...(connected === undefined ? {} : { account: connected }),
      ...(revocation === undefined ? {} : { revocation }),
    });
  });
}
