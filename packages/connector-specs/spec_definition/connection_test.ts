import type { ActionContext, ActionDefinition, ConnectorSpec } from '../contract/types.ts';

/**
 * The connection test that sends one operation. It needs the scopes of the operation.
 * @param description for users. Default: that of the operation
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
