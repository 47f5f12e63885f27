import { isMap, isScalar, isSeq, type Pair, parseDocument, type Scalar, visit } from 'yaml';
import type { RuleId } from './diagnostic.ts';

/** A valid workflow with one mistake, and the diagnostic that must report it. */
interface InjectedMistake {
  readonly kind: string;
  readonly text: string;
  readonly line: number;
  readonly rule: RuleId;
}

interface Place {
  readonly key: string;
  /** Path with keys, and `*` for members of lists, such as `steps.*.with.query`. */
  readonly path: string;
  readonly pair: Pair<Scalar, unknown>;
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Text of the value. `undefined`: the value is an object or list. */
  readonly value:
    | { readonly start: number; readonly end: number; readonly text: string }
    | undefined;
  readonly type: string | undefined;
}

/** Creates every kind of mistake at every place where it can be made. */
export function injectedMistakes(workflow: string): readonly InjectedMistake[] {
  const places = placesOf(workflow);
  return [...places.flatMap((place) => atPlace(workflow, place)), ...inLines(workflow)];
}

/** Keys that accept values of any kind. */
const ANYTHING = new Set([
  'match',
  'default',
  'foreach',
  'message',
  'expression',
  'items',
  'source',
]);

/** Keys that accept a number in place of an object or list. */
const ANY_NUMBER = new Set(['default', 'message', 'max-iterations', 'concurrency', 'source']);

/** Matches paths of objects whose keys the author can choose. */
const FREE =
  /(?:^|\.)(?:consts|headers|query|body|properties|schema|fields|inputs\.[^*]*|kept|limits|rows\.\*)(?:\.|$)/;

/** A kind of mistake that replaces the value of a key. */
interface Replacement {
  readonly kind: string;
  readonly rule: RuleId;
  readonly applies: (place: Place) => boolean;
  readonly texts: readonly string[];
}

const keys =
  (pattern: RegExp) =>
  ({ key }: Place): boolean =>
    pattern.test(key);

const isStepKey =
  (name: string) =>
  ({ key, path }: Place): boolean =>
    key === name && /(?:steps|else|default|fallback)\.\*\.\w+$/.test(path);

const isCondition = ({ path, value }: Place): boolean =>
  /(?:^|\.)(?:if|condition)$/.test(path) && value?.text.includes('{{') === false;

const isTriggerCondition = (place: Place): boolean =>
  isCondition(place) && place.path.includes('triggers');

const isStepCondition = (place: Place): boolean =>
  isCondition(place) && !place.path.includes('triggers');

const isTemplate = ({ key, path, type }: Place): boolean =>
  key === 'message' && path.includes('steps') && type !== 'waitForInput';

const REPLACEMENTS: readonly Replacement[] = [
  {
    kind: 'a list instead of a value',
    rule: 'schemaViolation',
    applies: (place) => !isFree(place) && !ANYTHING.has(place.key),
    texts: ['[1, 2]'],
  },
  {
    kind: 'a wrong duration',
    rule: 'schemaViolation',
    applies: keys(/^(?:duration|delay|max-delay|queue-ttl|(?:branch-|iteration-)?timeout)$/),
    texts: ['5 minutes', '1.5s', '0', '1m1h', '-1s', '""', '10'],
  },
  {
    kind: 'a wrong interval',
    rule: 'schemaViolation',
    applies: keys(/^every$/),
    texts: ['59s', '0m', '5', '1h30m', 'daily'],
  },
  {
    kind: 'a wrong size',
    rule: 'schemaViolation',
    applies: keys(/^max-step-size$/),
    texts: ['10xb', '10', 'mb', '-1mb'],
  },
  {
    kind: 'none of the choices',
    rule: 'schemaViolation',
    applies: keys(
      /^(?:freq|strategy|method|status|on-limit|workflowEvents|on-interrupted|operation|order)$/,
    ),
    texts: ['nonsense'],
  },
  {
    kind: 'an unknown mode',
    rule: 'invalidParallelMode',
    applies: ({ key, type }) => key === 'mode' && type === 'parallel',
    texts: ['nonsense'],
  },
  {
    kind: 'a wrong number',
    rule: 'schemaViolation',
    applies: keys(/^(?:interval|max-attempts|max-iterations|limit|max|queue-size|parseLimit)$/),
    texts: ['0', '-1', '1.5', 'many'],
  },
  {
    kind: 'a text instead of true or false',
    rule: 'schemaViolation',
    applies: keys(/^(?:enabled|required|jitter|errorIfEmpty|dedupe|pretty|detailed)$/),
    texts: ['maybe'],
  },
  {
    kind: 'no time zone',
    rule: 'schemaViolation',
    applies: keys(/^(?:tzid|timezone)$/),
    texts: ['Mars'],
  },
  { kind: 'a version', rule: 'schemaViolation', applies: keys(/^version$/), texts: ['1', "'2'"] },
  { kind: 'an empty name', rule: 'schemaViolation', applies: isStepKey('name'), texts: ['""'] },
  {
    kind: 'a wrong step type',
    rule: 'schemaViolation',
    applies: isStepKey('type'),
    texts: ['nonsense.step', 'elasticsearch.search', 'consolex', '""'],
  },
  {
    kind: 'an unknown trigger',
    rule: 'schemaViolation',
    applies: ({ path }) => path === 'triggers.*.type',
    texts: ['nonsense.event'],
  },
  {
    kind: 'an unknown connector',
    rule: 'connectorNotFound',
    applies: keys(/^connector-id$/),
    texts: ['Nobody', '<ENTER YOUR CONNECTOR ID>'],
  },
  {
    kind: 'a connector of another type',
    rule: 'connectorTypeMismatch',
    applies: keys(/^connector-id$/),
    texts: ['c2'],
  },
  {
    kind: 'a default of another type',
    rule: 'invalidDefaultValue',
    applies: ({ key, path, value }) =>
      key === 'default' && path.includes('inputs') && /^\d+$/.test(value?.text ?? ''),
    texts: ['words'],
  },
  {
    kind: '==',
    rule: 'invalidEqualityOperator',
    applies: isCondition,
    texts: ['"inputs.x == 1"'],
  },
  {
    kind: '!=',
    rule: 'invalidInequalityOperator',
    applies: isCondition,
    texts: ['"inputs.x != 1"'],
  },
  {
    kind: '=',
    rule: 'invalidAssignmentOperator',
    applies: isCondition,
    texts: ['"inputs.x = 1"'],
  },
  {
    kind: 'a condition that cannot be read',
    rule: 'invalidTriggerCondition',
    applies: isTriggerCondition,
    texts: ['"(event : 1"', '"event : "'],
  },
  {
    kind: 'a condition that cannot be read',
    rule: 'invalidIfConditionSyntax',
    applies: isStepCondition,
    texts: ['"(inputs : 1"', '"inputs : "'],
  },
  {
    kind: 'a condition that is never true',
    rule: 'conditionNeverTrue',
    applies: isCondition,
    texts: ['"just words"', `"event.x : 'y'"`],
  },
  {
    kind: 'a condition that is never true',
    rule: 'conditionNeverTrue',
    applies: isStepCondition,
    texts: ['"{{ event.x | size }} > 0"', '"nobody.x : 1"'],
  },
  {
    kind: 'an unknown step',
    rule: 'invalidVariableReference',
    applies: isStepCondition,
    texts: ['"steps.nobody.output : 1"'],
  },
  {
    kind: 'a reference that leads nowhere',
    rule: 'invalidVariableReference',
    applies: isTemplate,
    texts: [
      '"{{ steps.nobody.output }}"',
      '"{{ inputs.nobody }}"',
      '"{{ consts.nobody }}"',
      '"{{ variables.nobody }}"',
      '"{{ step.x }}"',
      '"{{ workflow.nam }}"',
    ],
  },
  {
    kind: 'a template that cannot be read',
    rule: 'liquidSyntaxError',
    applies: isTemplate,
    texts: [
      '"{{ now | nonsense }}"',
      '"{% nonsense %}"',
      `"{% include 'x' %}"`,
      '"{% if now %}"',
      '"{{ now "',
      '"${{ now }} and ${{ now }}"',
      '"${{ }}"',
      `"{{ now | default 'x' }}"`,
    ],
  },
];

function isFree({ path, type }: Place): boolean {
  const isRecord = (type === 'data.set' || type === 'workflow.output') && path.includes('.with.');
  return isRecord || FREE.test(path);
}

function atPlace(workflow: string, place: Place): readonly InjectedMistake[] {
  const { key, value, keyStart, keyEnd, type } = place;
  const line = lineAt(workflow, keyStart);
  const splice = (start: number, end: number, by: string): string =>
    workflow.slice(0, start) + by + workflow.slice(end);
  const before = (text: string): string =>
    splice(keyStart, keyStart, `${text}\n${indentOf(workflow, keyStart)}`);
  const found: InjectedMistake[] = [
    { kind: 'a key twice', rule: 'yamlSyntaxError', line: line + 1, text: before(`${key}: 1`) },
  ];
  const add = (kind: string, text: string): void => {
    found.push({ kind, rule: 'schemaViolation', line, text });
  };
  if (!isFree(place)) add('a misspelt key', splice(keyEnd - 1, keyEnd - 1, 'q'));
  if (type === 'if' && key === 'condition') add('`if` on an `if` step', before('if: true'));
  if (value === undefined && !isFree(place) && !ANY_NUMBER.has(key)) {
    const text = splice(keyEnd, endOfValue(workflow, place), ': 5');
    add('a number instead of an object or list', text);
  }
  if (value === undefined) return found;
  const { start, end } = value;
  for (const { kind, rule, applies, texts } of REPLACEMENTS) {
    if (!applies(place)) continue;
    for (const by of texts) {
      found.push({ kind: `${kind}: ${by}`, rule, line, text: splice(start, end, by) });
    }
  }
  const first = /steps:\n\s+- name: (\w+)/.exec(workflow)?.[1] ?? '';
  if (
    isStepKey('name')(place) &&
    keyStart > workflow.indexOf(`name: ${first}`) &&
    value.text !== first
  ) {
    found.push({
      kind: 'a name twice',
      rule: 'duplicateStepName',
      line,
      text: splice(start, end, first),
    });
  }
  return found;
}

/** Mistakes that can be made in a line whatever the line means. */
function inLines(workflow: string): readonly InjectedMistake[] {
  const lines = workflow.split('\n');
  const found: InjectedMistake[] = [];
  let block = -1;
  for (const [index, line] of lines.entries()) {
    const instead = (kind: string, by: string, rule: RuleId = 'yamlSyntaxError'): void => {
      found.push({ kind, rule, line: index + 1, text: lines.with(index, by).join('\n') });
    };
    const indent = line.length - line.trimStart().length;
    if (block >= 0 && indent > block) continue;
    block = line.endsWith('|') ? indent : -1;
    const previous = lines[index - 1] ?? '';
    const isSibling =
      /^\s+\w/.test(line) && indent === previous.length - previous.trimStart().length;
    if (isSibling && /: \S/.test(previous)) instead('one space too many', ` ${line}`);
    if (/^\s+[\w-]+: \S/.test(line) && indent > 0) instead('a tab', `\t${line.trimStart()}`);
    if (/: "[^"]*"$/.test(line)) instead('a missing closing quote', line.slice(0, -1));
    if (/^\s*[\w-]+: [^|"'[{]\S*$/.test(line) && isSibling) {
      instead('a missing colon', line.replace(': ', ' '));
    }
    if (/^\s*- type: \w/.test(line)) instead('an open bracket', `${line.replace(/: .*/, '')}: [a`);
    if (/^name: /.test(line)) {
      found.push({
        kind: 'a second document',
        rule: 'yamlSyntaxError',
        line: lines.length,
        text: `${workflow}---\nname: other\n`,
      });
    }
    if (/^\s*(?:- )?\w+: "\{\{ [^"]*\}\}"$/.test(line)) {
      const isOne = line.split('{{').length === 2;
      const rule = isOne ? 'schemaViolation' : 'yamlSyntaxError';
      instead('a template without quotes', line.replaceAll('"', ''), rule);
    }
  }
  const last = workflow.trimEnd();
  const at = last.split('\n').length + 2;
  found.push({
    kind: 'loop.break outside of a loop',
    rule: 'graphBuildError',
    line: at,
    text: `${last}\n  - name: outside\n    type: loop.break\n`,
  });
  return found;
}

function placesOf(workflow: string): readonly Place[] {
  const document = parseDocument(workflow, { keepSourceTokens: false });
  const places: Place[] = [];
  visit(document, {
    Pair: (_, pair, ancestors) => {
      const key = pair.key as Scalar.Parsed;
      const owner = ancestors.at(-1);
      if (!isMap(owner) || !isScalar(key)) return;
      const segments: string[] = [];
      for (const [index, each] of ancestors.entries()) {
        if (isSeq(each)) segments.push('*');
        if (typeof each === 'object' && 'key' in each && index > 0)
          segments.push(String((each.key as Scalar).value));
      }
      const path = [...segments, String(key.value)].join('.');
      const scalar = isScalar(pair.value) ? (pair.value as Scalar.Parsed) : undefined;
      const isStep = owner.has('name') && owner.has('type') && !/inputs|outputs/.test(path);
      const near = isStep ? owner : stepAround(ancestors);
      places.push({
        key: String(key.value),
        path,
        pair: pair as Pair<Scalar, unknown>,
        keyStart: key.range[0],
        keyEnd: key.range[1],
        value:
          scalar === undefined || String(scalar.type).startsWith('BLOCK')
            ? undefined
            : { start: scalar.range[0], end: scalar.range[1], text: String(scalar.value) },
        type: near === undefined ? undefined : String(near.get('type')),
      });
    },
  });
  return places;
}

function stepAround(ancestors: readonly unknown[]) {
  return ancestors
    .filter(isMap)
    .findLast((each) => each.has('name') && each.has('type') && !each.has('required'));
}

function endOfValue(workflow: string, { pair, keyEnd }: Place): number {
  const value = pair.value;
  const range =
    typeof value === 'object' && value !== null && 'range' in value ? value.range : undefined;
  const end = Array.isArray(range) ? Number(range[1]) : keyEnd + 1;
  return workflow.slice(keyEnd, end).trimEnd().length + keyEnd;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function indentOf(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return ' '.repeat(offset - start);
}
