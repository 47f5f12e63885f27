/** Operators of other languages that authors write in templates, and what Liquid has instead. */
const OPERATORS: Readonly<Record<string, string>> = {
  '&&': 'Liquid has no `&&`. Write `and`.',
  '||': 'Liquid has no `||`. Write `or`, or `| default: value`.',
  '!': 'Liquid has no `!`. Write `x == false`.',
  '!==': 'Liquid has no `!==`. Write `!=`.',
  '===': 'Liquid has no `===`. Write `==`.',
  '=': 'Liquid compares with `==`.',
  '+': 'Liquid has no `+`. Write `| plus: 1` for numbers, and `| append: "x"` for texts.',
  '-': 'Liquid has no `-`. Write `| minus: 1`.',
  '*': 'Liquid has no `*`. Write `| times: 2`.',
  '/': 'Liquid has no `/`. Write `| divided_by: 2`.',
  '?': 'Liquid has no `? :`. Write `{% if x %}…{% else %}…{% endif %}`.',
};

/** Maximum characters of an operator. */
const MAX_LENGTH = 3;

/** An operator of another language at the place of a fault. */
export interface OperatorHint {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** Text to write in place of the range. Absent: not known. */
  readonly replacement?: string;
}

/**
 * Finds an operator of another language at the place of a fault. `undefined`: there is none.
 * @param text template with a fault
 * @param offset place of the fault: Liquid reports it at, in or after the operator
 */
export function operatorHint(text: string, offset: number): OperatorHint | undefined {
  let start = offset;
  while (start > 0 && /\s/.test(text.charAt(start - 1))) start -= 1;
  // Spaces end an operator, so that one after them is another one.
  let end = start === offset || !isPart(text, start - 1) ? offset : start;
  if (end === offset && !isPart(text, start - 1)) start = offset;
  while (start > 0 && offset - start <= 2 * MAX_LENGTH && isPart(text, start - 1)) start -= 1;
  while (end - start <= MAX_LENGTH && isPart(text, end)) end += 1;
  const operator = text.slice(start, end);
  if (operator === ':') return conditionalHint(text, start);
  const message = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  return message === undefined ? undefined : { message, start, end };
}

const isPart = (text: string, at: number): boolean => /[!&|=<>+*/?:-]/.test(text.charAt(at));

/** Maximum characters between the two parts of a fault, such as the `?` and the `:`. */
const MAX_BETWEEN = 200;

/** Liquid takes the value after `?` for a filter, and reports the `:` behind it. */
function conditionalHint(text: string, colon: number): OperatorHint | undefined {
  const start = text.lastIndexOf('?', colon);
  if (start < 0 || colon - start > MAX_BETWEEN) return undefined;
  const message = OPERATORS['?'] ?? '';
  return text.slice(start, colon).includes('{{') ? undefined : { message, start, end: start + 1 };
}

/** Maximum characters of a name such as `@timestamp`. */
const MAX_NAME = 200;

/**
 * Finds a name that begins with `@` and stands after a dot, such as that of `x.@timestamp`.
 * `undefined`: there is none.
 * @param text template with a fault
 * @param offset place of the fault: Liquid reports it at or after the `@`
 */
export function atSignHint(text: string, offset: number): OperatorHint | undefined {
  const at = text[offset] === '@' ? offset : offset - 1;
  if (text[at] !== '@' || text[at - 1] !== '.') return undefined;
  const [name] = /^@[\w-]+/.exec(text.slice(at, at + MAX_NAME)) ?? [];
  if (name === undefined) return undefined;
  const replacement = `["${name}"]`;
  return {
    message: `A name with \`@\` needs brackets. Write \`${replacement}\`.`,
    start: at - 1,
    end: at + name.length,
    replacement,
  };
}

/** Start of the message with which Liquid reports parentheses that contain no range. */
const NO_RANGE = 'invalid range syntax';

/** Words of expressions that may stand before parentheses. */
const WORDS = new Set(['and', 'or', 'not', 'contains', 'if', 'elsif', 'unless', 'in']);

/**
 * Finds parentheses around a part of an expression. `undefined`: the fault is something else.
 * @param text template with a fault
 * @param fault message of Liquid, and the place behind the first value in the parentheses
 */
export function parenthesisHint(
  text: string,
  { message, offset }: { readonly message: string; readonly offset: number },
): OperatorHint | undefined {
  if (!message.startsWith(NO_RANGE)) return undefined;
  const start = text.lastIndexOf('(', offset);
  if (start < 0) return undefined;
  const name = /[a-z_]\w*$/i.exec(text.slice(Math.max(0, start - MAX_BETWEEN), start))?.[0];
  if (name !== undefined && !WORDS.has(name))
    return {
      message: `Liquid has no function \`${name}\`. Write a filter, such as \`x | upcase\`.`,
      start: start - name.length,
      end: start,
    };
  const parts = /^\(([^()]*)\)/.exec(text.slice(start, start + MAX_BETWEEN));
  // Liquid compares before it negates, so one comparison after `not` needs no parentheses.
  const isSingle = parts !== null && !/\s(?:and|or)\s/.test(parts[1] ?? '');
  const isNegated = /\bnot\s*$/.test(text.slice(Math.max(0, start - MAX_BETWEEN), start));
  if (isSingle && isNegated) {
    const replacement = `${/\s$/.test(text.slice(0, start)) ? '' : ' '}${parts[1]?.trim() ?? ''}`;
    return {
      message: `Liquid has parentheses around ranges only. Write \`not ${replacement.trim()}\`.`,
      start,
      end: start + parts[0].length,
      replacement,
    };
  }
  return {
    message:
      'Liquid has parentheses around ranges only. Keep the part inside of them with `data.set` first.',
    start,
    end: start + 1,
  };
}

/** Maximum characters of a filter before a comparison, and of the path before it. */
const MAX_FILTERED = 200;

/**
 * Finds a comparison after a filter, such as `x | size > 0`. `undefined`: there is none.
 * @param text template with a fault
 * @param offset place of the fault, which is the operator
 */
export function comparisonHint(text: string, offset: number): OperatorHint | undefined {
  const rest = text.slice(offset, offset + 10);
  const [operator] = /^(?:[<>]=?|[=!]=|(?:contains|and|or)\b)/.exec(rest) ?? [];
  const before = text.slice(Math.max(0, offset - MAX_FILTERED), offset);
  const bar = before.lastIndexOf('|');
  if (operator === undefined || bar < 0 || /[{}%]/.test(before.slice(bar))) return undefined;
  const name = before.slice(bar + 1);
  const value = before.slice(0, bar).trimEnd();
  const path = /(?<![\w.[\]-])[a-z_][\w.[\]-]*$/i.exec(value)?.[0];
  const isFirst = path !== undefined && !/[|:,]$/.test(value.slice(0, -path.length).trimEnd());
  const fault = 'Filters come last, so a filtered value cannot be compared.';
  if (name.trim() === 'size' && isFirst) {
    return {
      message: `${fault} Write \`${path}.size\`.`,
      start: offset - before.length + value.length - path.length,
      end: offset - name.length + name.trimEnd().length,
      replacement: `${path}.size`,
    };
  }
  return {
    message: `${fault} Keep it with \`{% assign %}\` or \`data.set\` first.`,
    start: offset,
    end: offset + operator.length,
  };
}

/** Filters of other languages, and the ones of Liquid that do the same. */
export const FILTERS_OF_OTHERS: Readonly<Record<string, string>> = {
  count: 'size',
  from_json: 'json_parse',
  len: 'size',
  length: 'size',
  lower: 'downcase',
  lowercase: 'downcase',
  parse_json: 'json_parse',
  substring: 'slice',
  to_json: 'json',
  trim: 'strip',
  upper: 'upcase',
  uppercase: 'upcase',
};

/** Tags of other languages, and the ones of Liquid that do the same. */
const TAGS_OF_OTHERS: Readonly<Record<string, string>> = { elif: 'elsif', elseif: 'elsif' };

/**
 * Message that says what to write, for a fault that Liquid only names. `undefined`: the message of
 * Liquid says it, or the fault is something else.
 */
export function plainFault(message: string): string | undefined {
  const unknown = /^tag "(\w+)" not found/.exec(message)?.[1] ?? '';
  if (Object.hasOwn(TAGS_OF_OTHERS, unknown))
    return `Liquid has no tag \`${unknown}\`. Write \`${TAGS_OF_OTHERS[unknown]}\`.`;
  const open = /^tag \{%-?\s*(\w+)[\s\S]* not closed$/.exec(message)?.[1];
  if (open !== undefined) return `The \`{% end${open} %}\` of this tag is missing.`;
  if (/^output [\s\S]* not closed$/.test(message)) return 'The `}}` of this output is missing.';
  if (/^unexpected character "\{/.test(message))
    return 'Templates have no literal objects. Write the object below `consts`, and read the constant here.';
  return message.startsWith('expected ":" after filter name')
    ? 'A filter needs `:` before its values, such as `| default: "x"`.'
    : undefined;
}
