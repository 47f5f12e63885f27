import { defaultOperators, type LiquidOptions } from 'liquidjs';
import { findText } from '../values/find_text.ts';
import { LimitedContext } from './limited_context.ts';

type Operators = NonNullable<LiquidOptions['operators']>;

/** Characters of a search that take about as long as one value. */
const CHARACTERS_PER_UNIT = 8;

/**
 * The operators of Liquid. Each charges its work, because filters evaluate expressions for each
 * member of a list; `contains` searches in a time that is linear.
 */
export const limitedOperators: Operators = Object.fromEntries(
  Object.entries(defaultOperators).map(([name, operator]) => [
    name,
    // `not` has one operand, which the context follows.
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
