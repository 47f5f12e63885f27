import { evaluatedForm } from '../templates/template_form.ts';
import { isQuoted, sideExpression, templatePath } from './comparison_sides.ts';
import { filteredResult, sizeField } from './filtered_result.ts';
import { type KqlLiteral, type KqlNode, KqlSyntaxError } from './kql_node.ts';
import { MASK, maskQuotes, maskTags, maskTemplates } from './mask_templates.ts';
import { MAX_QUERY_LENGTH, parseKql } from './parse_kql.ts';
import {
  rewrittenComparison,
  rewrittenCondition,
  WRONG_OPERATOR,
  WRONG_OPERATORS,
} from './rewrite_condition.ts';

/** A fault of a condition that can be found without evaluating it. */
export interface ConditionFault {
  readonly kind: 'equality' | 'inequality' | 'assignment' | 'syntax' | 'never_true';
  readonly message: string;
  /** Start of the fault, in UTF-16 units from the start of the condition. */
  readonly start: number;
  readonly end: number;
  /** A condition that the author probably meant. Absent: not known. */
  readonly replacement?: string;
}

/** Facts about a condition that are known without rendering its templates. */
export interface StaticCondition {
  readonly faults: readonly ConditionFault[];
  /**
   * Paths that the condition reads, with their offsets. Paths inside templates are not included.
   */
  readonly fields: readonly {
    readonly path: string;
    readonly start: number;
    readonly end: number;
  }[];
  /** Path whose value is the whole condition, such as `${{ inputs.a }}`. Absent: it is not that. */
  readonly variable?: string;
}

const NOTHING: StaticCondition = { faults: [], fields: [] };

/**
 * Reads a condition whose templates are replaced by placeholders. If the whole condition is one
 * template, only its last filter is known before the step is executed.
 */
export function readCondition(text: string): StaticCondition {
  const trimmed = text.trim();
  if (trimmed === 'true' || trimmed === 'false') return NOTHING;
  const form = evaluatedForm(text);
  if (form.kind === 'value') {
    const faults = neitherTrueNorFalse(text, form.expression);
    const [variable] = VARIABLE.exec(form.expression.trim()) ?? [];
    // The result of a filter, such as the number of `.size`, has a fault of its own.
    return { faults, fields: [], ...(faults.length === 0 && variable && { variable }) };
  }
  if (text.length > MAX_QUERY_LENGTH) {
    const message = `The condition is longer than ${MAX_QUERY_LENGTH} characters.`;
    return { faults: [{ kind: 'syntax', message, start: 0, end: 1 }], fields: [] };
  }
  if (text.includes('{%')) return { faults: [], fields: fieldsBesideTags(text) };
  const masked = maskTemplates(text);
  const operator = wrongOperator(text, masked);
  const logical = logicalOperators(masked);
  if (operator !== undefined) return { faults: [operator, ...logical('syntax')], fields: [] };
  try {
    const node = parseKql(masked);
    const found = logical('never_true');
    return {
      faults: found.length > 0 ? found : neverTrue(text, masked, node),
      fields: fieldsOf(node),
    };
  } catch (error) {
    if (!(error instanceof KqlSyntaxError)) throw error;
    const found = logical('syntax');
    if (found.length > 0) return { faults: found, fields: [] };
    const start = Math.min(error.offset, Math.max(0, text.length - 1));
    return {
      faults: [{ kind: 'syntax', message: error.message, start, end: start + 1 }],
      fields: [],
    };
  }
}

/** A path that can be the whole condition. */
const VARIABLE = /^[a-z_][\w-]*(?:\.[\w-]+|\[\d+\])*$/i;

/** Fault of an expression that gives a number or a list, such as `x | size`. */
function neitherTrueNorFalse(text: string, expression: string): readonly ConditionFault[] {
  const result = filteredResult(expression);
  if (result === undefined) return [];
  return [valueFault(text, result.kind, result.size && `\${{ ${result.size} > 0 }}`)];
}

/**
 * Fault of a condition whose value is neither true nor false.
 * @param kind the value, such as `a number`
 */
export function valueFault(
  text: string,
  kind: string,
  replacement: string | undefined,
): ConditionFault {
  return {
    kind: 'never_true',
    message: `This gives ${kind}, which is neither true nor false.${
      replacement === undefined ? '' : ` Write \`${replacement}\`.`
    }`,
    start: text.length - text.trimStart().length,
    end: text.trimEnd().length,
    ...(replacement !== undefined && { replacement }),
  };
}

/**
 * Fields of a condition that also has tags such as `{% if %}`. None if the rest is no KQL, because
 * the tags decide what the condition is.
 */
function fieldsBesideTags(text: string): StaticCondition['fields'] {
  const masked = maskTags(maskTemplates(text));
  try {
    return fieldsOf(parseKql(masked));
  } catch (error) {
    if (!(error instanceof KqlSyntaxError)) throw error;
    return [];
  }
}

/** Operators of other languages that combine conditions, and those of KQL. */
const LOGICAL: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or' };

/**
 * Finds `&&` and `||` outside quotes. KQL reads them as part of a text, so a condition with them is
 * either no KQL, or compares with a different text than its author means.
 */
function logicalOperators(
  masked: string,
): (kind: ConditionFault['kind']) => readonly ConditionFault[] {
  const plain = maskQuotes(masked);
  const isSpace = (at: number): boolean => /^\s?$/.test(plain.charAt(at));
  return (kind) =>
    [...plain.matchAll(/&&|\|\|/g)].map(({ 0: operator, index: start }) => {
      const end = start + operator.length;
      const word = LOGICAL[operator] ?? '';
      const fault = {
        kind,
        message: `\`${operator}\` is not an operator of a condition. Write \`${word}\`.`,
        start,
        end,
      };
      // In a text that can be compared, the operator may combine values, such as `a: (x or y)`.
      if (kind === 'never_true') return fault;
      const [before, after] = [start - 1, end].map((at) => (isSpace(at) ? '' : ' '));
      return { ...fault, replacement: `${before}${word}${after}` };
    });
}

/** Returns `true` if a text can be compared as KQL. */
const isCorrect = (text: string): boolean => readCondition(text).faults.length === 0;

/**
 * Finds `==`, `!=` and `=` outside quotes. KQL reads them as part of a text, which authors do not
 * expect. The range is the whole condition if it is only this comparison, otherwise the operator.
 */
function wrongOperator(text: string, masked: string): ConditionFault | undefined {
  const plain = maskQuotes(masked);
  const match = WRONG_OPERATOR.exec(plain);
  if (match === null) return undefined;
  const operator = match[0] as keyof typeof WRONG_OPERATORS;
  const kind = WRONG_OPERATORS[operator];
  const left = text.slice(0, match.index).trim();
  const afterOperator = match.index + operator.length;
  const right = text.slice(afterOperator).trim();
  // The right side may be the start of a longer condition, or have a filter.
  const isWhole = isQuoted(right) || !/\s(?:and|or|not)\s|[&|]/i.test(plain.slice(afterOperator));
  const replacement =
    (isWhole ? rewrittenComparison({ left, kind, right }, isCorrect) : undefined) ??
    rewrittenCondition(text, masked, isCorrect);
  const start = text.length - text.trimStart().length;
  return {
    kind,
    message: `\`${operator}\` is not an operator of a condition. Write ${
      replacement === undefined ? '`field: value`' : `\`${replacement}\``
    }${replacement?.startsWith('${{') ? '' : ' or `${{ an expression }}`'}.`,
    ...(replacement === undefined
      ? { start: match.index, end: afterOperator }
      : { start, end: text.trimEnd().length, replacement }),
  };
}

/** Comparisons that are false for any context. */
function neverTrue(text: string, masked: string, node: KqlNode): readonly ConditionFault[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.nodes.flatMap((each) => neverTrue(text, masked, each));
    case 'not':
    case 'nested':
      return neverTrue(text, masked, node.node);
    case 'bare': {
      const { end } = node.value;
      const message =
        'A value without a field is never true. Write `field: value` or `${{ an expression }}`.';
      const replacement = expressionOf(text, node.value);
      const start =
        replacement === undefined ? node.value.start : text.length - text.trimStart().length;
      return [
        {
          kind: 'never_true',
          message,
          start,
          end,
          ...(replacement !== undefined && { replacement }),
        },
      ];
    }
    case 'is':
    case 'range': {
      const { start, end } = node.field;
      const isTemplate = [...masked.slice(start, end)].every((each) => each === MASK);
      if (isTemplate) return [renderedField(text, node, text.slice(start, end))];
      if (hasFilter(node.field)) return [filtered(text, node)];
      const { value } = node;
      if (!value.quoted && value.text === 'null') return [comparedWithNull(text, node)];
      return node.kind === 'is' ? singleQuotes(text, value) : [];
    }
    default:
      return node satisfies never;
  }
}

/**
 * A path that is the whole condition, with or without `!` or `not`, probably asks if there is a
 * value. A text in place of a boolean would be compared as KQL again, so the expression compares
 * with `blank`. Undefined: it is something else.
 */
function expressionOf(text: string, { quoted }: KqlLiteral): string | undefined {
  const [, not, path] =
    /^(!|not\s+)?([A-Za-z_][\w-]*(?:\.[\w-]+|\[\d+\])+)$/i.exec(text.trim()) ?? [];
  return quoted || path === undefined
    ? undefined
    : `\${{ ${path} ${not === undefined ? '!=' : '=='} blank }}`;
}

/** `x : null` never matches. `not x : *` says that there is no value. */
function comparedWithNull(text: string, node: KqlNode & { kind: 'is' | 'range' }): ConditionFault {
  const { start } = node.field;
  const { end } = node.value;
  const replacement = `not ${text.slice(start, node.field.end)} : *`;
  const message = 'Nothing is equal to `null` in a condition, so this is never true.';
  if (node.kind === 'range') return { kind: 'never_true', message, start, end };
  return {
    kind: 'never_true',
    message: `${message} Write \`${replacement}\` to find that there is no value.`,
    start,
    end,
    replacement,
  };
}

/**
 * Fault of a condition such as `{{ x | size }} > 0`, which compares a field with a name such as
 * `3`.
 */
function renderedField(
  text: string,
  node: KqlNode & { kind: 'is' | 'range' },
  template: string,
): ConditionFault {
  const { start } = node.field;
  const { end } = node.value;
  const path = templatePath(template);
  const value = sideExpression(text.slice(node.value.start, end));
  const operator = node.kind === 'range' ? node.operator : '==';
  const replacement =
    path === undefined || value === undefined ? undefined : `\${{ ${path} ${operator} ${value} }}`;
  const isWhole = text.slice(0, start).trim() === '' && text.slice(end).trim() === '';
  return {
    kind: 'never_true',
    message: `This compares a field whose name is the rendered text, not the text itself. Write ${
      replacement === undefined ? '`${{ an expression }}`' : `\`${replacement}\``
    }.`,
    start,
    end,
    ...(isWhole && replacement !== undefined && { replacement }),
  };
}

/** Returns `true` if a field is written with a filter, such as `x | size`. */
function hasFilter({ quoted, text }: KqlLiteral): boolean {
  return !quoted && /\s\|\s/.test(text);
}

/** Fault of a condition such as `x | size > 0`, which compares a field with the name `x | size`. */
function filtered(text: string, node: KqlNode & { kind: 'is' | 'range' }): ConditionFault {
  const { start } = node.field;
  const { end } = node.value;
  const operator = node.kind === 'range' ? node.operator : '==';
  const value = text.slice(node.value.start, end);
  const field = sizeField(text.slice(start, node.field.end));
  const isSize = !field.includes('|') && /^-?\d+$/.test(value);
  const expression = `\${{ ${field} ${operator} ${value} }}`;
  const isWhole = text.slice(0, start).trim() === '' && text.slice(end).trim() === '';
  return {
    kind: 'never_true',
    message: `A filter works inside of \`\${{ }}\` only.${
      isSize ? ` Write \`${expression}\`.` : ''
    }`,
    start,
    end,
    ...(isSize && isWhole && { replacement: expression }),
  };
}

/**
 * Fault of a condition such as `x : 'y'`, in which the single quotes are part of the compared text.
 */
function singleQuotes(
  condition: string,
  { quoted, start, end }: KqlLiteral,
): readonly ConditionFault[] {
  // Not the text of the literal, in which templates are replaced.
  const text = condition.slice(start, end);
  if (quoted || !/^'[^']*'$/.test(text)) return [];
  const replacement = `"${text.slice(1, -1)}"`;
  const message = `The single quotes belong to the compared text. Write \`${replacement}\`.`;
  return [{ kind: 'never_true', message, start, end, replacement }];
}

function fieldsOf(node: KqlNode): StaticCondition['fields'] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.nodes.flatMap(fieldsOf);
    case 'not':
      return fieldsOf(node.node);
    case 'is':
    case 'range':
    case 'nested': {
      const { text, start, end } = node.field;
      // A field with a filter is a fault of its own.
      const isPath = !text.includes(MASK) && !text.includes('*') && !hasFilter(node.field);
      return isPath ? [{ path: text, start, end }] : [];
    }
    case 'bare':
      return [];
    default:
      return node satisfies never;
  }
}
