import type { DocumentPath, PartOfText, TextRange } from '../document/document_positions.ts';
import type { SchemaFault } from '../schema/schema_fault.ts';

/** Severity of a finding. Only an `error` prevents that the workflow runs. */
export type Severity = 'error' | 'warning' | 'info';

/** Ids of Kibana's rules, and ours: see the README. */
export const RULE_IDS = [
  'yamlSyntaxError',
  'schemaViolation',
  'duplicateStepName',
  'graphBuildError',
  'deprecatedStepType',
  'invalidVariableReference',
  'liquidSyntaxError',
  'invalidForeachParameter',
  'unboundedParallelFanOut',
  'parallelFanOutExceedsLimit',
  'invalidParallelMode',
  'connectorNotFound',
  'connectorTypeMismatch',
  'actionNotEnabled',
  'invalidEqualityOperator',
  'invalidInequalityOperator',
  'invalidAssignmentOperator',
  'invalidIfConditionSyntax',
  'invalidTriggerCondition',
  'conditionNeverTrue',
  'triggerNotAvailable',
  'invalidDefaultValue',
  'invalidWorkflowOutput',
  'targetWorkflowNotFound',
  'unknownInputKey',
  'missingRequiredInput',
  'invalidInputType',
] as const;

/** Id of a validation rule. */
export type RuleId = (typeof RULE_IDS)[number];

/** A fault that a rule found, before its place in the text is known. */
export interface Finding {
  readonly severity: Severity;
  readonly ruleId: RuleId;
  /** The fault, and the text to write instead. */
  readonly message: string;
  readonly path: DocumentPath;
  /** The marked part of the path. Absent: its value. */
  readonly at?: 'key' | PartOfText;
  /** Text that repairs the fault when it replaces the marked range. */
  readonly replacement?: string;
  /** The message without its words. Absent: it is not a fault of a value. */
  readonly fault?: SchemaFault;
}

/** A fault with its place: 1-based lines and columns in UTF-16 units; the end is exclusive. */
export interface Diagnostic extends TextRange {
  readonly severity: Severity;
  readonly ruleId: RuleId;
  readonly message: string;
  readonly path: DocumentPath;
  readonly replacement?: string;
  /** The message without its words. Absent: it is not a fault of a value. */
  readonly fault?: SchemaFault;
}

/** Maximum number of diagnostics that one validation reports. */
export const MAX_DIAGNOSTICS = 500;

/** Collects the findings of one validation, up to one more than are reported. */
export class Findings {
  readonly #all: Finding[] = [];

  /** True: further findings are dropped, so that checks may stop. */
  get isFull(): boolean {
    return this.#all.length > MAX_DIAGNOSTICS;
  }

  error(ruleId: RuleId, finding: Omit<Finding, 'severity' | 'ruleId'>): void {
    this.#add({ severity: 'error', ruleId, ...finding });
  }

  warning(ruleId: RuleId, finding: Omit<Finding, 'severity' | 'ruleId'>): void {
    this.#add({ severity: 'warning', ruleId, ...finding });
  }

  info(ruleId: RuleId, finding: Omit<Finding, 'severity' | 'ruleId'>): void {
    this.#add({ severity: 'info', ruleId, ...finding });
  }

  /** Tells if an error was reported at a path. */
  hasErrorAt(path: DocumentPath): boolean {
    const key = JSON.stringify(path);
    return this.#all.some((each) => each.severity === 'error' && JSON.stringify(each.path) === key);
  }

  /** Tells if an error was reported at a path or below it. */
  hasErrorBelow(path: DocumentPath): boolean {
    return this.#all.some(
      (each) =>
        each.severity === 'error' && path.every((segment, index) => segment === each.path[index]),
    );
  }

  all(): readonly Finding[] {
    return this.#all;
  }

  #add(finding: Finding): void {
    if (!this.isFull) this.#all.push(finding);
  }
}
