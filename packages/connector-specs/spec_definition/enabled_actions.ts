import { z } from 'zod';
import type { ConnectorSpec } from '../contract/types.ts';

type Values = Readonly<Record<string, unknown>>;

/** Config field of every connector with the names of the actions that may be executed. */
export const ENABLED_ACTIONS = 'enabledActions';

/**
 * Schema of {@link ENABLED_ACTIONS}: some actions of the type, each at most once. An empty list is
 * refused, because a connector without actions is of no use. `undefined`: the type has no actions,
 * or itself declares a field of this name.
 */
export function enabledActionsSchema({
  actions,
  schema,
}: Pick<ConnectorSpec, 'actions' | 'schema'>): z.ZodType | undefined {
  const names = Object.keys(actions);
  if (names.length === 0 || Object.hasOwn(schema?.shape ?? {}, ENABLED_ACTIONS)) return undefined;
  return z
    .array(z.enum(names))
    .min(1)
    .max(names.length)
    .refine((list) => new Set(list).size === list.length, 'names an action twice')
    .optional();
}

/** Names of the actions of a connector that may be executed. `undefined`: all actions. */
export function enabledActionsOf(config: Values): readonly string[] | undefined {
  const listed = config[ENABLED_ACTIONS];
  return Array.isArray(listed) ? listed.filter((name) => typeof name === 'string') : undefined;
}

/**
 * A stored config without the names of actions that the type no longer has. After an upgrade, the
 * other actions of the connector stay enabled.
 */
export function withoutRemovedActions(
  { actions }: Pick<ConnectorSpec, 'actions'>,
  config: Values,
): Values {
  const listed = enabledActionsOf(config);
  if (listed === undefined) return config;
  return { ...config, [ENABLED_ACTIONS]: listed.filter((name) => Object.hasOwn(actions, name)) };
}
