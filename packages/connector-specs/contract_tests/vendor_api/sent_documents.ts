import type { ActionContext, ActionDefinition, ConnectorSpec } from '../../contract/types.ts';
import { generateInputs } from '../generate_inputs.ts';

/**
 * The GraphQL documents that the actions and the connection test of a connector send for generated
 * inputs, each with the variables that were sent with it.
 */
export async function sentDocuments(
  spec: ConnectorSpec,
): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const sent = new Map<string, unknown[]>();
  const context: ActionContext = {
    request: async ({ body }) => {
      const { query, variables } = JSON.parse(String(body));
      sent.set(query, [...(sent.get(query) ?? []), variables]);
      throw new Error('there is no service');
    },
    get client(): never {
      throw new Error('operations do not use axios');
    },
    config: {},
    grant: {},
    secrets: {},
    credentialHeaders: [],
    log: { debug() {}, info() {}, warn() {}, error() {} },
    signal: new AbortController().signal,
  };
  const attempt = async (call: () => unknown) => {
    await Promise.resolve()
      .then(call)
      .catch(() => undefined);
  };
  for (const action of Object.values<ActionDefinition>(spec.actions)) {
    for (const input of generateInputs(action.input)) {
      await attempt(() => action.handler(context, action.input.parse(input) as never));
    }
  }
  const { test } = spec;
  if (test.enabled) await attempt(() => test.handler(context));
  return sent;
}
