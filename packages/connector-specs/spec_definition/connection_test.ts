import type { ActionContext, ActionDefinition, ConnectorSpec } from '../contract/types.ts';

/**
 * A connection test that sends the request of one operation, and needs the scopes of the operation.
 * @param description text for users. Default: that of the operation
 */
export const connectionTest = <I>(
  operation: Pick<ActionDefinition, 'description' | 'oauthScopes'> & {
    call(context: ActionContext, input: I): Promise<unknown>;
  },
  input: I,
  description: string = operation.description,
): ConnectorSpec['test'] => ({
  enabled: true,
  description,
  ...(operation.oauthScopes === undefined ? {} : { oauthScopes: operation.oauthScopes }),
  handler: (context) => operation.call(context, input),
});
