import { Expression, Tokenizer, TypeGuards, type ValueToken } from 'liquidjs';

type RangeReader = Tokenizer['readGroupOrRange'];

/**
 * A bound of a range. It is limited because adding one to a larger number does not change it, so
 * that Liquid would count forever.
 */
class RangeBound extends Expression {
  override *evaluate(...options: Parameters<Expression['evaluate']>) {
    const value: unknown = yield super.evaluate(...options);
    if (Math.abs(Number(value)) > Number.MAX_SAFE_INTEGER)
      throw new Error('A bound of a range is too large.');
    return value;
  }
}

/**
 * Makes Liquid check the bounds of ranges, by a patch of its tokenizer. Liquid has no option for
 * this.
 */
export function limitRangeBounds(): void {
  const { readGroupOrRange } = Tokenizer.prototype;
  if (limited.has(readGroupOrRange)) return;
  const limitedReader: RangeReader = function (this: Tokenizer) {
    const token = readGroupOrRange.call(this);
    if (token !== undefined && TypeGuards.isRangeToken(token)) {
      token.lhs = boundOf(token.lhs);
      token.rhs = boundOf(token.rhs);
    }
    return token;
  };
  limited.add(limitedReader);
  Tokenizer.prototype.readGroupOrRange = limitedReader;
}

const limited = new WeakSet<RangeReader>();

/**
 * Replaces the token of a bound by an expression, which Liquid evaluates and searches for
 * variables.
 */
function boundOf(token: ValueToken): ValueToken {
  const bound = new Tokenizer('0').readFilteredValue();
  bound.initial = new RangeBound([token]);
  bound.input = token.input;
  bound.begin = token.begin;
  bound.end = token.end;
  return bound;
}
