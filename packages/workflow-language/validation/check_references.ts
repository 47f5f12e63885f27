import type { DocumentPath } from '../document/document_positions.ts';
import type { TemplateEngine } from '../templates/template_engine.ts';
import { TemplateError } from '../templates/template_error.ts';
import { isRecord, ownProperty, splitPath } from '../values/read_path.ts';
import { didYouMean, similarName } from '../values/suggestion.ts';
import type { LocatedCondition } from './check_conditions.ts';
import type { Findings } from './diagnostic.ts';
import type { StepNode } from './step_tree.ts';

/** Roots that a template may read. */
const ROOTS = new Set([
  'consts',
  'context',
  'error',
  'event',
  'execution',
  'foreach',
  'inputs',
  'kibanaUrl',
  'metadata',
  'now',
  'output',
  'parent',
  'steps',
  'variables',
  'while',
  'workflow',
]);

/** Keys whose texts are names or schemas and are never rendered. */
const NOT_RENDERED = new Set(['name', 'type']);

/**
 * Sum over all texts of outputs times characters. A file of 213 kB with 99 steps needs a tenth.
 * Beyond it, only the syntax of templates is checked.
 */
const MAX_REFERENCE_COST = 200_000_000;

/** Names that references of a document may use. */
export interface DocumentNames {
  readonly steps: ReadonlyMap<string, StepNode>;
  readonly consts: readonly string[];
  /** Undefined if the names of the inputs are not known. */
  readonly inputs: readonly string[] | undefined;
}

interface Reference {
  readonly segments: readonly (string | number | undefined)[];
  readonly start: number;
  readonly end: number;
}

/** Checks the templates of a step and the steps, inputs and constants that it refers to. */
export class ReferenceCheck {
  readonly #engine: TemplateEngine;
  readonly #names: DocumentNames;
  readonly #findings: Findings;
  #budget = MAX_REFERENCE_COST;

  constructor(engine: TemplateEngine, names: DocumentNames, findings: Findings) {
    this.#engine = engine;
    this.#names = names;
    this.#findings = findings;
  }

  /** @param conditions those of the step, whose fields are references too */
  check(node: StepNode, conditions: readonly LocatedCondition[]): void {
    for (const { path, text } of textsOf(node)) {
      if (this.#findings.isFull) return;
      for (const reference of this.#referencesIn(path, text)) this.#checkOne(node, path, reference);
    }
    for (const { path, fields } of conditions) {
      for (const { path: field, start, end } of fields) {
        this.#checkOne(node, path, { segments: splitPath(field), start, end });
      }
    }
  }

  #referencesIn(path: DocumentPath, text: string): readonly Reference[] {
    try {
      if (!this.#affords(text)) {
        this.#engine.check(text);
        return [];
      }
      return this.#engine.references(text).map(({ segments, offset }) => ({
        segments,
        start: offset,
        end: offset + String(segments[0] ?? '').length,
      }));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const at =
        error.offset === undefined ? {} : { at: { start: error.offset, end: error.offset + 2 } };
      this.#findings.error('liquidSyntaxError', { path, message: error.message, ...at });
      return [];
    }
  }

  /** Liquid finds each variable from the start of its text, so many in a long one take too long. */
  #affords(text: string): boolean {
    const outputs = text.split('{').length - 1;
    this.#budget -= outputs * text.length;
    return this.#budget >= 0;
  }

  #checkOne(node: StepNode, path: DocumentPath, { segments, start, end }: Reference): void {
    const [root, name] = segments;
    const message =
      root === 'steps'
        ? this.#stepFault(node, name)
        : root === 'consts' || root === 'inputs'
          ? this.#nameFault(root, name)
          : this.#rootFault(node, path, root);
    if (message !== undefined) {
      this.#findings.error('invalidVariableReference', { path, message, at: { start, end } });
    }
  }

  #stepFault(node: StepNode, name: unknown): string | undefined {
    if (typeof name !== 'string') return undefined;
    const target = this.#names.steps.get(name);
    if (target === undefined) {
      return `No step is called \`${name}\`.${suggestion(name, this.#names.steps.keys())}`;
    }
    return canHaveRun(target, node)
      ? undefined
      : `The step \`${name}\` cannot have run before this one, so it has no output here.`;
  }

  #nameFault(root: 'consts' | 'inputs', name: unknown): string | undefined {
    const known = this.#names[root];
    if (typeof name !== 'string' || known === undefined || known.includes(name)) return undefined;
    const kind = root === 'consts' ? 'constant' : 'input';
    return `The workflow has no ${kind} \`${name}\`.${suggestion(name, known)}`;
  }

  /** `item` and `index` exist inside of steps that run through a list, which may rename them. */
  #rootFault(node: StepNode, path: DocumentPath, root: unknown): string | undefined {
    const below = path.slice(node.path.length);
    const isPerItem = node.stepType?.perItem?.every((key, index) => key === below[index]) ?? false;
    if (typeof root !== 'string' || ROOTS.has(root) || isPerItem) return undefined;
    return `Nothing is called \`${root}\` here.${suggestion(root, ROOTS)}`;
  }
}

function suggestion(name: string, known: Iterable<string>): string {
  return didYouMean(similarName(name, known));
}

/** Texts of a step that are rendered, without those of its nested steps. */
function textsOf({
  step,
  path,
  stepType,
}: StepNode): readonly { path: DocumentPath; text: string }[] {
  const nested = [
    ...(stepType?.nested ?? []),
    ['on-failure', 'fallback'],
    ['iteration-on-failure', 'fallback'],
  ];
  const isHuman = stepType?.type === 'waitForInput' || stepType?.type === 'waitForApproval';
  const collect = (value: unknown, below: DocumentPath): { path: DocumentPath; text: string }[] => {
    if (typeof value === 'string') return [{ path: [...path, ...below], text: value }];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
      const segment = Array.isArray(value) ? Number(key) : key;
      const next = [...below, segment];
      const isNested = nested.some((list) => matchesPath(list, next));
      const isName = below.length === 0 && NOT_RENDERED.has(key);
      const isSchema = isHuman && next.join('.') === 'with.schema';
      return isNested || isName || isSchema ? [] : collect(each, next);
    });
  };
  return collect(step, []);
}

function matchesPath(pattern: readonly string[], path: DocumentPath): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((segment, index) => segment === '*' || segment === String(path[index]))
  );
}

/**
 * Tells if a step can have run when another one is entered: it is before it or around it, or both
 * are in a loop that may have run before, or in branches that run at the same time.
 */
function canHaveRun(target: StepNode, from: StepNode): boolean {
  if (target === from) return true;
  const targetLine = lineOf(target);
  const fromLine = lineOf(from);
  let depth = 0;
  while (targetLine[depth] !== undefined && targetLine[depth] === fromLine[depth]) {
    const type = targetLine[depth]?.stepType?.type;
    if (type === 'foreach' || type === 'while') return true;
    depth += 1;
  }
  const targetTop = targetLine[depth];
  const fromTop = fromLine[depth];
  // One is around the other: the state of a loop, or a condition that reads its own steps.
  if (targetTop === undefined || fromTop === undefined) return true;
  if (targetTop.listKey === fromTop.listKey && samePath(targetTop, fromTop)) {
    return targetTop.index < fromTop.index;
  }
  const parent = targetTop.parent;
  if (parent === undefined || parent.stepType?.type === 'parallel') return true;
  // A fallback runs after the steps that failed; branches of `if` and `switch` exclude each other.
  return fromTop.listKey === 'on-failure.fallback';
}

/** A step with the steps around it, the outermost first. */
function lineOf(node: StepNode): readonly StepNode[] {
  return node.parent === undefined ? [node] : [...lineOf(node.parent), node];
}

function samePath(a: StepNode, b: StepNode): boolean {
  return a.path.slice(0, -1).join('.') === b.path.slice(0, -1).join('.');
}

/** Names of inputs and constants that the document declares. */
export function namesOf(document: unknown, nodes: readonly StepNode[]): DocumentNames {
  const consts = ownProperty(document, 'consts');
  const triggers = ownProperty(document, 'triggers');
  const declared = [
    ownProperty(document, 'inputs'),
    ...(Array.isArray(triggers) ? triggers.map((each) => ownProperty(each, 'inputs')) : []),
  ].filter((each) => each !== undefined);
  return {
    steps: new Map(
      nodes.flatMap((node) => (node.name === undefined ? [] : [[node.name, node] as const])),
    ),
    consts: isRecord(consts) ? Object.keys(consts) : [],
    inputs: declared.flatMap((each) => inputNames(each) ?? []),
  };
}

function inputNames(inputs: unknown): readonly string[] | undefined {
  if (Array.isArray(inputs)) {
    return inputs.flatMap((input: unknown) => {
      const name = ownProperty(input, 'name');
      return typeof name === 'string' ? [name] : [];
    });
  }
  const properties = ownProperty(inputs, 'properties');
  return isRecord(properties) ? Object.keys(properties) : undefined;
}
