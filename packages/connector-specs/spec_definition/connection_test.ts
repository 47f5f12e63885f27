import type { ActionContext, ActionDefinition, ConnectorSpec } from '../contract/types.ts';

/**
 * The connection test that sends one operation. It has the description and scopes of the operation.
 */
export const connectionTest = <I>(
  operation: Pick<ActionDefinition, 'description' | 'oauthScopes'> & {
    call(context: ActionContext, input: I): Promise<unknown>;
  },
  input: I,
): ConnectorSpec['test'] => ({
  enabled: true,
  description: operation.description,
  ...(operation.oauthScopes === undefined ? {} : { oauthScopes: operation.oauthScopes }),
  handler: (context) => operation.call(context, input),
});
