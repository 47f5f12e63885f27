import { defaultOperators, type LiquidOptions } from 'liquidjs';
import { findText } from '../values/find_text.ts';
import { LimitedContext } from './limited_context.ts';

type Operators = NonNullable<LiquidOptions['operators']>;

/** Number of characters that can be searched in the time of about one value. */
const CHARACTERS_PER_UNIT = 8;

/**
 * The operators of Liquid. Each counts its work, because filters evaluate expressions for each
 * member of a list. `contains` searches in linear time.
 */
export const limitedOperators: Operators = Object.fromEntries(
  Object.entries(defaultOperators).map(([name, operator]) => [
    name,
    // `not` has one operand, so the context is the second argument.
    (left: unknown, right: unknown, third?: unknown) => {
      const context = LimitedContext.of(third ?? right);
      context.work.use(1);
      if (name !== 'contains' || typeof left !== 'string' || typeof right !== 'string')
        return operator(left, right, context);
      context.work.use((left.length + right.length) / CHARACTERS_PER_UNIT);
      return findText(left, right) >= 0;
    },
  ]),
);
