import { type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import type { FlowDeps } from '../flow/index.ts';
import { decideAccount, findAccountChange } from './decide_account.ts';

const params = z.strictObject({ connectorId: z.string().min(1).max(36) });
const account = z.object({ id: z.string(), label: z.string() });
const body = z.strictObject({
  flow_id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not the id of an authorization'),
  decision: z.enum(['keep', 'change']),
});

/** Registers the API by which the user interface and programs decide about an account. */
export function registerAccountChangeApi(router: Router, depsOf: () => FlowDeps): void {
  router.add(
    {
      method: 'get',
      path: '/api/actions/connector/{connectorId}/_account_change',
      access: 'public',
      summary: 'Get the pending change of my account',
      tags: ['oauth'],
      validate: { params },
      responses: {
        200: {
          description: 'The connected account, and the new account if the provider named it.',
          body: z.object({
            flow_id: z.string(),
            connected_account: account,
            new_account: account.optional(),
            expires_at: z.string(),
            /** Only the browser that authorized may change the account. */
            can_change: z.boolean(),
          }),
        },
        404: { description: 'There is no pending change.' },
      },
    },
    async (request) => {
      const { cookies, params: path } = request;
      const decider = { principal: request, cookies };
      const change = await findAccountChange(decider, path.connectorId, depsOf());
      return respond.ok({
        flow_id: change.flowId,
        connected_account: change.from,
        ...(change.to === undefined ? {} : { new_account: change.to }),
        expires_at: change.until.toISOString(),
        can_change: change.isSameBrowser,
      });
    },
  );
  router.add(
    {
      method: 'post',
      path: '/api/actions/connector/{connectorId}/_account_change',
      access: 'public',
      summary: 'Keep or change the account',
      description:
        'Works exactly once. `keep` revokes the new authorization, `change` the old one. `change` works only in the browser that authorized.',
      tags: ['oauth'],
      validate: { params, body },
      responses: {
        200: {
          description: 'The account that is connected now, if the provider named it.',
          body: z.object({
            decision: z.enum(['keep', 'change']),
            account: account.optional(),
            revocation: z
              .enum(['revoked', 'waiting', 'unsupported', 'with_connected'])
              .optional()
              .describe('Result of revoking the new authorization, when the account is kept.'),
          }),
        },
        403: { description: 'The request does not come from the browser that authorized.' },
        404: { description: 'There is no pending change any more.' },
      },
    },
    async (request) => {
      const { cookies, params: path } = request;
      const { flow_id: flowId, decision } = request.body;
      const change = await decideAccount(
        { principal: request, cookies },
        { connectorId: path.connectorId, flowId, decision },
        depsOf(),
      );
      const connected = decision === 'keep' ? change.from : change.to;
      const { revocation } = change;
      return respond.ok({
        decision,
        ...(connected === undefined ? {} : { account: connected }),
        ...(revocation === undefined ? {} : { revocation }),
      });
    },
  );
}
