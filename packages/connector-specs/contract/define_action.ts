import type { output, ZodType } from 'zod';
import type { ActionContext, ActionDefinition } from './types.ts';

/** An action whose handler sees its input as the schema parses it: defaults applied, transforms done. */
export interface TypedAction<I extends ZodType> extends Omit<ActionDefinition<I>, 'handler'> {
  handler(context: ActionContext, input: output<I>): Promise<unknown>;
}

/** Ties a handler to its input schema, so that the two cannot drift apart. */
export const defineAction = <I extends ZodType>(action: TypedAction<I>): ActionDefinition<I> =>
  action;
