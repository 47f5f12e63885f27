import type { output, ZodType } from 'zod';
import type {
  ActionContext,
  ActionDefinition,
  OAuthScope,
  ScopeRequirement,
} from '../contract/types.ts';
import type { OperationRequest } from './operation.ts';

/** An operation that a handler calls. */
type CalledOperation = OperationRequest & Pick<ActionDefinition, 'scope' | 'isScopeRequired'>;

/** An action whose handler calls operations. */
export interface ComposedAction<I extends ZodType = ZodType> extends ActionDefinition<I> {
  /** Operations that the handler calls. */
  readonly calls: readonly OperationRequest[];
}

/** Facts that an action states itself, besides the operations that it calls. */
interface ComposedOptions<I extends ZodType>
  extends Pick<ActionDefinition, 'description' | 'isTool' | 'oauthScopes' | 'optionalScopes'> {
  readonly input: I;
  readonly output: ZodType;
  handler(context: ActionContext, input: output<I>): Promise<unknown>;
}

/** Effects of actions, the strongest first. */
const EFFECTS = ['destroy', 'write', 'read'] as const;

/**
 * Declares an action that chooses between operations, calls several of them, or changes their
 * input or result. The action has the strongest effect of the operations, and needs the scopes of
 * all of them, unless it states others. Models may call it by default.
 * @param calls operations that the handler calls
 */
export function composed<I extends ZodType>(
  calls: readonly [CalledOperation, ...CalledOperation[]],
  options: ComposedOptions<I>,
): ComposedAction<I> {
  const oauthScopes = options.oauthScopes ?? scopesOf(calls);
  return {
    isTool: true,
    scope: EFFECTS.find((effect) => calls.some(({ scope }) => scope === effect)) ?? 'destroy',
    isScopeRequired: requirementOf(calls),
    ...options,
    ...(oauthScopes.length === 0 ? {} : { oauthScopes }),
    calls,
  };
}

/** Returns `true` for an action that calls operations. */
export function isComposed(action: ActionDefinition): action is ComposedAction {
  return 'calls' in action;
}

/** The weakest requirement of the operations. */
function requirementOf(calls: readonly CalledOperation[]): ScopeRequirement {
  const all = calls.map(({ isScopeRequired = true }) => isScopeRequired);
  return all.includes(false) ? false : all.includes('unless_others') ? 'unless_others' : true;
}

/** The scopes of all operations, each once. */
function scopesOf(calls: readonly CalledOperation[]): readonly OAuthScope[] {
  const all = calls.flatMap(({ oauthScopes = [] }) => oauthScopes);
  const byText = new Map(all.map((scope) => [[scope].flat().join(' '), scope] as const));
  return [...byText.values()];
}
