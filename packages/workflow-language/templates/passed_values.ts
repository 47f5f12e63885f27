import { AssignTag, type Context, TypeGuards, Value } from 'liquidjs';
import { LimitedContext } from './limited_context.ts';

/**
 * Filters that return members of their input list, or their number, without walking through values
 * inside the members. Some compare members: `compact` with `null`, `where` one field of each member
 * with its argument.
 */
const PASSING_FILTERS = new Set([
  'push',
  'pop',
  'shift',
  'unshift',
  'concat',
  'first',
  'last',
  'slice',
  'reverse',
  'compact',
  'where',
  'size',
]);

type ValueReader = Value['value'];

/** Expressions of `assign`. Their values are counted when the variable is read. */
const stored = new WeakSet<Value>();
const counted = new WeakSet<ValueReader>();

/** Returns `true` if a filter only passes on members of its input. */
export function isPassing(filter: string): boolean {
  return PASSING_FILTERS.has(filter);
}

/**
 * Returns `true` if an expression begins with one variable whose path consists only of names and
 * indexes.
 */
export function beginsWithRead({ initial: { postfix } }: Pick<Value, 'initial'>): boolean {
  const [token, ...others] = postfix;
  return (
    others.length === 0 &&
    TypeGuards.isPropertyAccessToken(token) &&
    token.variable === undefined &&
    token.props.every((prop) => 'content' in prop)
  );
}

/** Liquid's `assign`, which walks through no value. */
export class StoringAssignTag extends AssignTag {
  constructor(...options: ConstructorParameters<typeof AssignTag>) {
    super(...options);
    for (const argument of this.arguments()) {
      if (argument instanceof Value) stored.add(argument);
    }
  }
}

/**
 * Makes Liquid count the values inside a list when an operation walks through them, and not when a
 * filter only passes them on. Otherwise, a list that grows in a loop would be counted with
 * everything inside it in each iteration. Liquid has no option for this, because it creates the
 * readers of filters inside tags and outputs.
 */
export function countPassedValues(): void {
  const { value: original } = Value.prototype;
  if (counted.has(original)) return;
  const reader: ValueReader = function* (this: Value, context: Context, lenient?: boolean) {
    const [first] = this.filters;
    if (!(context instanceof LimitedContext) || first === undefined)
      return yield original.call(this, context, lenient);
    const isLenient =
      lenient === true || (context.opts.lenientIf === true && first.name === 'default');
    let isUncounted = isPassing(first.name) && beginsWithRead(this);
    let value: unknown = yield isUncounted
      ? context.passedOn(() => this.initial.evaluate(context, isLenient))
      : this.initial.evaluate(context, isLenient);
    for (const filter of this.filters) {
      if (isUncounted && !isPassing(filter.name)) context.work.visit(value);
      value = yield filter.render(value, context);
      isUncounted = isPassing(filter.name);
    }
    if (isUncounted && !stored.has(this)) context.work.visit(value);
    return value;
  };
  counted.add(reader);
  Value.prototype.value = reader;
}
