import type { DocumentPath } from '../document/document_positions.ts';
import type { TemplateEngine } from '../templates/template_engine.ts';
import { TemplateError } from '../templates/template_error.ts';
import { countPlaces } from '../templates/template_places.ts';
import { isRecord, ownProperty, splitPath } from '../values/read_path.ts';
import { didYouMean, similarName } from '../values/suggestion.ts';
import type { LocatedCondition } from './check_conditions.ts';
import type { Findings } from './diagnostic.ts';
import type { DocumentNames } from './document_names.ts';
import { isLoopOf, loopAround, OUTSIDE_OF_LOOP } from './step_loops.ts';
import { canHaveRun, isInOtherBranch, mayRunAgain } from './step_order.ts';
import { isReadAfterFailure, textsOf } from './step_texts.ts';
import type { StepNode } from './step_tree.ts';

/** Names that templates can read at the top level. */
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

/** Top-level names that defaults of inputs can read. They are rendered before a run begins. */
const DEFAULT_ROOTS = ['consts', 'event', 'metadata', 'now', 'workflow', 'execution'];
/** Top-level names that the key of a concurrency group can read. */
const KEY_ROOTS = new Set([...DEFAULT_ROOTS, 'inputs']);

/**
 * Maximum cost of looking up variables in all texts. The cost of a text is the number of places
 * where it may read a variable, times its length. A file of 213 kB with 99 steps needs a tenth of
 * it. Beyond the maximum, only the syntax of templates is checked.
 */
const MAX_REFERENCE_COST = 200_000_000;

interface Reference {
  readonly segments: readonly (string | number | undefined)[];
  readonly start: number;
  readonly end: number;
}

/**
 * A fault of a reference: it leads nowhere (an error, or a warning if the run continues with an
 * empty value), or it is easily misread (an info).
 */
interface ReferenceFault {
  readonly message: string;
  /** Absent: an error. */
  readonly severity?: 'warning' | 'info';
}

/** Checks the templates of a step, and the steps, inputs and constants to which it refers. */
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

  /**
   * Checks a step.
   * @param conditions conditions of the step, whose fields are also references
   */
  check(node: StepNode, conditions: readonly LocatedCondition[]): void {
    for (const { path, text } of textsOf(node)) {
      if (this.#findings.isFull) return;
      for (const reference of this.#referencesIn(path, text)) this.#checkOne(node, path, reference);
    }
    for (const { path, fields } of conditions) {
      for (const { path: field, start, end } of fields) {
        this.#checkField(node, path, { segments: splitPath(field), start, end });
      }
    }
  }

  /** Checks a text of `settings.on-failure`, which is rendered when any step fails. */
  checkFailureText(path: DocumentPath, text: string): void {
    for (const { segments, start, end } of this.#referencesIn(path, text)) {
      const fault = this.#anywhereFault(segments);
      if (fault === undefined) continue;
      const finding = { path, message: fault.message, at: { start, end } };
      this.#findings[fault.severity ?? 'error']('invalidVariableReference', finding);
    }
  }

  /** Fault of a reference that does not depend on the step. */
  #anywhereFault([root, name]: Reference['segments']): ReferenceFault | undefined {
    if (typeof root !== 'string' || this.#isInstalled(root)) return undefined;
    if (!ROOTS.has(root)) {
      return { message: `Nothing is called \`${root}\` here.${suggestion(root, ROOTS)}` };
    }
    if (typeof name !== 'string') return undefined;
    switch (root) {
      case 'steps':
        return this.#absentStepFault(name);
      case 'consts':
      case 'inputs':
      case 'variables':
        return this.#nameFault(root, name);
      default:
        return undefined;
    }
  }

  /** Tells if the value is filled in when the workflow of a library is installed. */
  #isInstalled(root: string): boolean {
    return root === '__install__' && this.#names.isTemplate;
  }

  #absentStepFault(name: string): ReferenceFault | undefined {
    if (this.#names.steps.has(name) || this.#names.hasUnnamedSteps) return undefined;
    const similar = suggestion(name, this.#names.steps.keys());
    return { message: `No step is called \`${name}\`.${similar}` };
  }

  /**
   * Checks the key of `settings.concurrency`. All faults are warnings, because a key that cannot be
   * rendered is used as it is written.
   */
  checkKey(path: DocumentPath, text: string): void {
    try {
      for (const { segments, offset } of this.#engine.references(text)) {
        const [root, name] = segments;
        if (typeof root !== 'string') continue;
        const isNamed = (root === 'inputs' || root === 'consts') && typeof name === 'string';
        const fault = KEY_ROOTS.has(root)
          ? isNamed && this.#nameFault(root, name)
          : { message: `\`${root}\` is not known when a run is created.` };
        if (!fault) continue;
        const at = { start: offset, end: offset + root.length };
        this.#findings.warning('invalidVariableReference', { path, message: fault.message, at });
      }
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const message = `${error.message}. The key is used as it is written.`;
      this.#findings.warning('liquidSyntaxError', { path, message });
    }
  }

  /**
   * Checks the default of an input. A template that cannot be read refuses each run; a name that is
   * not known is empty.
   */
  checkDefault(path: DocumentPath, text: string): void {
    for (const { segments, start, end } of this.#referencesIn(path, text)) {
      const [root, name] = segments;
      if (typeof root !== 'string' || this.#isInstalled(root)) continue;
      const isKnown = DEFAULT_ROOTS.includes(root);
      const isConstant = root === 'consts' && typeof name === 'string';
      const message = isKnown
        ? isConstant && this.#nameFault(root, name)?.message
        : `\`${root}\` is not known when defaults are computed, so it is empty.`;
      if (message === undefined || message === false) continue;
      this.#findings.warning('invalidVariableReference', { path, message, at: { start, end } });
    }
  }

  /**
   * Checks a field of a condition. Unknown fields are only warnings, because they make the
   * condition false.
   */
  #checkField(node: StepNode, path: DocumentPath, reference: Reference): void {
    const { segments, start, end } = reference;
    const fault = this.#rootFault(node, path, segments[0]);
    if (fault === undefined || fault.severity === 'info') {
      this.#checkOne(node, path, reference);
      return;
    }
    const message = `${fault.message} A comparison with it is never true.`;
    this.#findings.warning('conditionNeverTrue', { path, message, at: { start, end } });
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

  /**
   * Tells if variables of a text can be looked up within the maximum cost. Liquid searches each
   * variable from the start of the text, so many variables in a long text take too long.
   */
  #affords(text: string): boolean {
    this.#budget -= countPlaces(text) * text.length;
    return this.#budget >= 0;
  }

  #checkOne(node: StepNode, path: DocumentPath, { segments, start, end }: Reference): void {
    const fault =
      this.#rootFault(node, path, segments[0]) ?? this.#memberFault(node, path, segments);
    if (fault === undefined) return;
    const finding = { path, message: fault.message, at: { start, end } };
    this.#findings[fault.severity ?? 'error']('invalidVariableReference', finding);
  }

  #memberFault(
    node: StepNode,
    path: DocumentPath,
    [root, name, ...rest]: Reference['segments'],
  ): ReferenceFault | undefined {
    if (typeof root !== 'string' || typeof name !== 'string') return undefined;
    switch (root) {
      case 'steps':
        return (
          this.#ownOutputFault(node, path, [name, ...rest]) ??
          this.#stepFault(node, name) ??
          this.#stateFault(name, rest)
        );
      case 'consts':
      case 'inputs':
      case 'variables':
        return this.#nameFault(root, name);
      case 'context':
        return name === 'kibanaUrl'
          ? {
              message: '`context` has no `kibanaUrl`. Write `kibanaUrl` alone.',
              severity: 'warning',
            }
          : undefined;
      default:
        return misspelt(name, Object.hasOwn(MEMBERS, root) ? MEMBERS[root] : undefined);
    }
  }

  /**
   * Fault of a step that reads its own output. Outside loops, the step has no output when its input
   * is rendered.
   */
  #ownOutputFault(
    node: StepNode,
    path: DocumentPath,
    [name, state]: Reference['segments'],
  ): ReferenceFault | undefined {
    const isInput = path[node.path.length] === 'with';
    if (name !== node.name || state !== 'output' || !isInput || mayRunAgain(node)) return undefined;
    return { message: `The step \`${name}\` has no output yet when its own input is rendered.` };
  }

  #stepFault(node: StepNode, name: string): ReferenceFault | undefined {
    const target = this.#names.steps.get(name);
    if (target === undefined) return this.#absentStepFault(name);
    if (canHaveRun(target, node)) return undefined;
    return {
      message: isInOtherBranch(target, node)
        ? `The step \`${name}\` runs in another branch of \`parallel\`. Its output exists after the branches have ended.`
        : `The step \`${name}\` cannot have run before this one, so it has no output here.`,
    };
  }

  /**
   * Fault of a reference below a step: the name must be `output`, `error` or part of the state of a
   * loop. If all keys of the output are known, the next name must be one of them.
   */
  #stateFault(name: string, [state, key]: Reference['segments']): ReferenceFault | undefined {
    if (state === undefined) return undefined;
    if (state !== 'output') return misspelt(state, STEP_STATE);
    const output = this.#names.steps.get(name)?.stepType?.output;
    const keys = ownProperty(output, 'properties');
    const isClosed = ownProperty(output, 'additionalProperties') === false;
    if (typeof key !== 'string' || !isRecord(keys) || !isClosed || Object.hasOwn(keys, key)) {
      return undefined;
    }
    const message = `The output of \`${name}\` has no \`${key}\`.${suggestion(key, Object.keys(keys))}`;
    return { message, severity: 'warning' };
  }

  /**
   * Fault of an input, constant or variable that does not exist. A variable that no step has set is
   * empty, so it is only a warning.
   */
  #nameFault(root: keyof typeof KINDS, name: string): ReferenceFault | undefined {
    const known = this.#names[root];
    if (known === undefined || known.includes(name)) return undefined;
    return {
      message: `The workflow has no ${KINDS[root]} \`${name}\`.${suggestion(name, known)}`,
      ...(root === 'variables' && { severity: 'warning' }),
    };
  }

  /**
   * Fault of a top-level name. `item` and `index` exist only in steps that are rendered for each
   * member of a list; `$map` can rename them.
   */
  #rootFault(node: StepNode, path: DocumentPath, root: unknown): ReferenceFault | undefined {
    const below = path.slice(node.path.length);
    const isPerItem = node.stepType?.perItem?.every((key, index) => key === below[index]) ?? false;
    if (typeof root !== 'string') return undefined;
    if (isPerItem && itemNamesOf(node).has(root)) return undefined;
    if (root === 'foreach' || root === 'while') return loopFault(node, below, root);
    if (root === 'error' && !isReadAfterFailure(path)) {
      const message =
        '`error` exists in `on-failure` only, so it is empty here. Read `steps.<name>.error`.';
      return { message, severity: 'warning' };
    }
    if (ROOTS.has(root) || this.#isInstalled(root)) return undefined;
    if (root === '??') return { message: 'Liquid has no `??`. Write `| default: value`.' };
    return { message: `Nothing is called \`${root}\` here.${suggestion(root, ROOTS)}` };
  }
}

const KINDS = { consts: 'constant', inputs: 'input', variables: 'variable' } as const;

const STEP_STATE = [
  'output',
  'error',
  'item',
  'index',
  'items',
  'total',
  'iteration',
  'matchedValue',
  'matchedIndex',
];

/** Names below those top-level names that have the same members in every workflow. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  foreach: ['item', 'index', 'items', 'total'],
  while: ['iteration'],
  execution: [
    'id',
    'isTestRun',
    'startedAt',
    'url',
    'executedBy',
    'triggeredBy',
    'usage',
    'compositionDepth',
    'effectiveIdentity',
  ],
  workflow: ['id', 'name', 'enabled', 'spaceId', 'version'],
  parent: ['workflowId', 'executionId', 'depth', 'parentWorkflowId'],
};

/**
 * Fault of a name that is similar to a known name. Other unknown names may belong to a newer
 * version.
 */
function misspelt(name: unknown, known: readonly string[] | undefined): ReferenceFault | undefined {
  if (typeof name !== 'string' || known === undefined || known.includes(name)) return undefined;
  const similar = similarName(name, known);
  if (similar === undefined) return undefined;
  return { message: `\`${name}\` does not exist here.${didYouMean(similar)}` };
}

/**
 * Checks a read of the state of a loop. `on-failure` of the settings belongs to steps that may be
 * in one.
 *
 * @param below path of the text inside of the step
 */
function loopFault(
  node: StepNode,
  below: DocumentPath,
  root: 'foreach' | 'while',
): ReferenceFault | undefined {
  if (node.path[0] === 'settings') return undefined;
  const isOwn = isLoopOf(node, root);
  const [key] = below;
  if (isOwn && !OUTSIDE_OF_LOOP.has(key)) return undefined;
  const outer = loopAround(node, root);
  const isOwnIf = isOwn && key === 'if' && node.stepType?.type !== root;
  if (outer !== undefined) {
    if (!isOwnIf) return undefined;
    const name = outer.name === undefined ? '' : ` \`${outer.name}\``;
    return {
      message: `\`if\` is read once, before the loop of this step begins. So \`${root}\` is that of the loop${name} around it, not a member of the list of this step.`,
      severity: 'info',
    };
  }
  if (!isOwn && !isAfterLoop(node, root))
    return { message: `\`${root}\` exists inside of a loop only.` };
  const name = node.name ?? 'this step';
  if (!isOwn)
    return {
      message: `This step runs after the loop has failed, so \`${root}\` is empty here.`,
      severity: 'warning',
    };
  return {
    message: isOwnIf
      ? `\`if\` is read once, before the loop of the step begins, so \`${root}\` is empty here. Write a step of type \`foreach\` and put \`${name}\` with its \`if\` into its \`steps\`.`
      : `\`${String(key)}\` is read outside of the loop of the step, so \`${root}\` is empty here.`,
    severity: 'warning',
  };
}

/** Tells if a step is in the fallback of a loop. */
function isAfterLoop(node: StepNode, root: 'foreach' | 'while'): boolean {
  const { parent } = node;
  return parent !== undefined && (isLoopOf(parent, root) || isAfterLoop(parent, root));
}

function suggestion(name: string, known: Iterable<string>): string {
  return didYouMean(similarName(name, known));
}

/** Names that a step gives to the member of its list and to the index of the member. */
function itemNamesOf({ step, stepType }: StepNode): ReadonlySet<string> {
  const names = new Set(['item', 'index']);
  if (stepType?.type !== 'data.map') return names;
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const map = ownProperty(value, '$map');
    for (const name of [ownProperty(map, 'item'), ownProperty(map, 'index')]) {
      if (typeof name === 'string') names.add(name);
    }
    for (const each of Object.values(value)) visit(each);
  };
  visit(ownProperty(ownProperty(step, 'with'), 'fields'));
  return names;
}
