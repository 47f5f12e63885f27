import type { DocumentPath } from '../document/document_positions.ts';
import { listLiterals } from '../templates/silent_syntax.ts';
import {
  atSignHint,
  comparisonHint,
  FILTERS_OF_OTHERS,
  operatorHint,
  parenthesisHint,
  plainFault,
} from '../templates/syntax_hints.ts';
import type { TemplateEngine } from '../templates/template_engine.ts';
import { ONE_EXPRESSION, TemplateError } from '../templates/template_error.ts';
import { countPlaces } from '../templates/template_places.ts';
import { splitPath } from '../values/read_path.ts';
import { didYouMean, similarName, suggestionFor } from '../values/suggestion.ts';
import type { LocatedCondition } from './check_conditions.ts';
import { checkSilentSyntax } from './check_silent_syntax.ts';
import type { Finding, Findings } from './diagnostic.ts';
import type { DocumentNames } from './document_names.ts';
import {
  ERROR_STATUS,
  LIST_LITERAL,
  misspelt,
  type ReferenceFault,
  ROOTS,
  STEP_STATE,
  unknownMember,
  unknownRoot,
  unknownState,
  workflowOfExecution,
} from './known_names.ts';
import { itemNamesOf, loopFault } from './loop_names.ts';
import { isLoopOf, loopAround } from './step_loops.ts';
import { canHaveRun, isInOtherBranch, mayRunAgain } from './step_order.ts';
import { outputFault, outputKeys } from './step_output.ts';
import { isReadAfterFailure, textsOf } from './step_texts.ts';
import type { StepNode } from './step_tree.ts';

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
  /** `true`: it begins with a bracket, such as `["a"]`. */
  readonly isBracketed: boolean;
}

/** A literal list, as a reference to a variable without a name, as which Liquid reads `[]`. */
const literalReference = (offset: number): Reference => ({
  segments: [''],
  start: offset,
  end: offset + 1,
  isBracketed: true,
});

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
        const segments = splitPath(field);
        this.#checkField(node, path, { segments, start, end, isBracketed: false });
      }
    }
  }

  /** Checks a text of `settings.on-failure`, which is rendered when any step fails. */
  checkFailureText(path: DocumentPath, text: string): void {
    for (const reference of this.#referencesIn(path, text)) {
      this.#report(path, reference, this.#anywhereFault(path, reference));
    }
  }

  /** Checks the fields of a condition of `settings.on-failure`. */
  checkFailureFields({ path, fields }: LocatedCondition): void {
    for (const { path: field, start, end } of fields) {
      const reference = { segments: splitPath(field), start, end, isBracketed: false };
      const [root = ''] = reference.segments;
      if (ROOTS.has(String(root))) {
        this.#report(path, reference, this.#anywhereFault(path, reference));
      } else {
        const message = `${unknownRoot(String(root))}${NEVER_TRUE}`;
        this.#findings.warning('conditionNeverTrue', { path, message, at: { start, end } });
      }
    }
  }

  #report(path: DocumentPath, { start, end }: Reference, fault: ReferenceFault | undefined): void {
    if (fault === undefined) return;
    const finding = { path, message: fault.message, at: { start, end } };
    this.#findings[fault.severity ?? 'error']('invalidVariableReference', finding);
  }

  /** Fault of a reference that does not depend on the step. */
  #anywhereFault(
    path: DocumentPath,
    { segments, isBracketed }: Reference,
  ): ReferenceFault | undefined {
    const [root] = segments;
    if (typeof root !== 'string' || this.#isInstalled(root)) return undefined;
    if (ROOTS.has(root)) return this.#memberFault(undefined, path, segments);
    return isBracketed
      ? { message: LIST_LITERAL, severity: 'warning' }
      : { message: unknownRoot(root) };
  }

  /** Returns `true` if the value is filled in when the workflow of a library is installed. */
  #isInstalled(root: string): boolean {
    return root === '__install__' && this.#names.isTemplate;
  }

  #absentStepFault(name: string): ReferenceFault | undefined {
    if (this.#names.steps.has(name) || this.#names.hasUnnamedSteps) return undefined;
    const similar = suggestionFor(name, this.#names.steps.keys());
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
          : {
              message:
                text[offset] === '[' && !ROOTS.has(root)
                  ? LIST_LITERAL
                  : `\`${root}\` is not known when a run is created.`,
            };
        if (!fault) continue;
        const at = { start: offset, end: offset + root.length };
        this.#findings.warning('invalidVariableReference', { path, message: fault.message, at });
      }
      for (const start of listLiterals(text)) {
        const finding = { path, message: LIST_LITERAL, at: { start, end: start + 1 } };
        this.#findings.warning('invalidVariableReference', finding);
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
    for (const { segments, start, end, isBracketed } of this.#referencesIn(path, text)) {
      const [root, name] = segments;
      if (typeof root !== 'string' || this.#isInstalled(root)) continue;
      if (isBracketed && !ROOTS.has(root)) {
        const finding = { path, message: LIST_LITERAL, at: { start, end } };
        this.#findings.warning('invalidVariableReference', finding);
        continue;
      }
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
    const { start, end } = reference;
    const fault = this.#rootFault(node, path, reference);
    if (fault === undefined || fault.severity === 'info') {
      this.#checkOne(node, path, reference);
      return;
    }
    const message = `${fault.message}${NEVER_TRUE}`;
    this.#findings.warning('conditionNeverTrue', { path, message, at: { start, end } });
  }

  #referencesIn(path: DocumentPath, text: string): readonly Reference[] {
    try {
      if (!this.#affords(text)) {
        this.#engine.check(text);
        return [];
      }
      const read = this.#engine.references(text).map(({ segments, offset }) => ({
        segments,
        start: offset,
        end: offset + String(segments[0] ?? '').length,
        isBracketed: text[offset] === '[',
      }));
      checkSilentSyntax(this.#findings, path, text);
      return [...read, ...listLiterals(text).map(literalReference)];
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const finding = this.#syntaxFinding(error, text);
      this.#findings.error('liquidSyntaxError', { path, ...finding });
      return [];
    }
  }

  /** Message, place and repair of a template that cannot be read. */
  #syntaxFinding(
    { message, offset }: TemplateError,
    text: string,
  ): Pick<Finding, 'message' | 'at' | 'replacement'> {
    if (offset === undefined) return { message };
    const filter = /^undefined filter: ([\w-]+)/.exec(message)?.[1];
    if (filter !== undefined) {
      const replacement = Object.hasOwn(FILTERS_OF_OTHERS, filter)
        ? FILTERS_OF_OTHERS[filter]
        : similarName(filter, this.#engine.filters);
      return {
        message: `There is no filter \`${filter}\`.${didYouMean(replacement)}`,
        at: { start: offset, end: offset + filter.length },
        ...(replacement !== undefined && { replacement }),
      };
    }
    if (message.startsWith(ONE_EXPRESSION))
      return { message, replacement: text.replaceAll('${{', '{{') };
    const hint =
      parenthesisHint(text, { message, offset }) ??
      atSignHint(text, offset) ??
      operatorHint(text, offset) ??
      comparisonHint(text, offset);
    if (hint === undefined)
      return { message: plainFault(message) ?? message, at: { start: offset, end: offset + 2 } };
    const { start, end, ...finding } = hint;
    return { ...finding, at: { start, end } };
  }

  /**
   * Returns `true` if variables of a text can be looked up within the maximum cost. Liquid searches
   * each variable from the start of the text, so many variables in a long text take too long.
   */
  #affords(text: string): boolean {
    this.#budget -= countPlaces(text) * text.length;
    return this.#budget >= 0;
  }

  #checkOne(node: StepNode, path: DocumentPath, reference: Reference): void {
    const { segments } = reference;
    const fault = this.#rootFault(node, path, reference) ?? this.#memberFault(node, path, segments);
    this.#report(path, reference, fault);
  }

  /** @param node step that reads the value; `undefined`: any step */
  #memberFault(
    node: StepNode | undefined,
    path: DocumentPath,
    [root, name, ...rest]: Reference['segments'],
  ): ReferenceFault | undefined {
    if (typeof root !== 'string' || typeof name !== 'string') return undefined;
    switch (root) {
      case 'steps':
        return (
          this.#selfFault(path, [name, ...rest]) ??
          (node && this.#ownOutputFault(node, path, [name, ...rest])) ??
          (node ? this.#stepFault(node, name) : this.#absentStepFault(name)) ??
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
      case 'error':
        return name === 'status' ? ERROR_STATUS : undefined;
      case 'execution':
        return name === 'workflow' ? workflowOfExecution(rest) : unknownMember(root, name);
      default:
        return unknownMember(root, name);
    }
  }

  /** Fault of `steps.self.error`, as Kibana's documentation calls the error of the step itself. */
  #selfFault(
    path: DocumentPath,
    [name, state, ...members]: Reference['segments'],
  ): ReferenceFault | undefined {
    const isFailure = name === 'self' && state === 'error' && isReadAfterFailure(path);
    if (!isFailure || this.#names.steps.has(name)) return undefined;
    const below = members[0] === 'status' ? ['details', ...members] : members;
    const written = ['error', ...below.filter((each) => each !== undefined)].join('.');
    return { message: `No step is called \`self\`. Write \`${written}\`.` };
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
   * loop.
   */
  #stateFault(name: string, [state, ...keys]: Reference['segments']): ReferenceFault | undefined {
    if (state === undefined) return undefined;
    if (state === 'error' && keys[0] === 'status') return ERROR_STATUS;
    const node = this.#names.steps.get(name);
    if (state === 'output') return node && outputFault(node, name, keys);
    // Steps that do not exist here have a state that is not known.
    const isKnown = typeof state === 'string' && node?.stepType !== undefined;
    return isKnown ? unknownState(state, keys, outputKeys(node)) : misspelt(state, STEP_STATE);
  }

  /**
   * Fault of an input, constant or variable that does not exist. A variable that no step has set is
   * empty, so it is only a warning.
   */
  #nameFault(root: keyof typeof KINDS, name: string): ReferenceFault | undefined {
    const known = this.#names[root];
    if (known === undefined || known.includes(name)) return undefined;
    return {
      message: `The workflow has no ${KINDS[root]} \`${name}\`.${suggestionFor(name, known)}`,
      ...(root === 'variables' && { severity: 'warning' }),
    };
  }

  /**
   * Fault of a top-level name. `item` and `index` exist only in steps that are rendered for each
   * member of a list; `$map` can rename them.
   */
  #rootFault(
    node: StepNode,
    path: DocumentPath,
    { segments: [root], isBracketed }: Reference,
  ): ReferenceFault | undefined {
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
    if (isBracketed) return { message: LIST_LITERAL, severity: 'warning' };
    const isInForeach = isLoopOf(node, 'foreach') || loopAround(node, 'foreach') !== undefined;
    return { message: unknownRoot(root, isInForeach) };
  }
}

/** End of a message about a field that has no value. */
const NEVER_TRUE = ' A comparison with it is never true.';

const KINDS = { consts: 'constant', inputs: 'input', variables: 'variable' } as const;
