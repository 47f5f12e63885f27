import type { DocumentPath, PartOfText, TextRange } from '../document/document_positions.ts';
import type { SchemaFault } from '../schema/schema_fault.ts';

/** Severity of a diagnostic. Only an `error` prevents the workflow from running. */
export type Severity = 'error' | 'warning' | 'info';

/** Ids of Kibana's rules, and of the rules that only Latchkey has. The README describes them. */
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

/** A fault that a rule has found, before its position in the text is computed. */
export interface Finding {
  readonly severity: Severity;
  readonly ruleId: RuleId;
  /** Text that names the fault and says what to write instead. */
  readonly message: string;
  readonly path: DocumentPath;
  /** Part that is marked. Absent: the value at the path. */
  readonly at?: 'key' | PartOfText;
  /**
   * Value that repairs the fault in place of the marked one, without quotes and escapes of YAML.
   * Absent: none is known.
   */
  readonly replacement?: string;
  /** Kind and values of the fault, for translations. Absent: it is not a fault of a value. */
  readonly fault?: SchemaFault;
}

/**
 * A fault with its position. Lines and columns count from 1, in UTF-16 units; the end is exclusive.
 */
export interface Diagnostic extends TextRange {
  readonly severity: Severity;
  readonly ruleId: RuleId;
  readonly message: string;
  readonly path: DocumentPath;
  /**
   * Text that repairs the fault if it replaces the marked range. Absent: none is known, or it
   * cannot be written at this place.
   */
  readonly replacement?: string;
  /** Kind and values of the fault, for translations. Absent: it is not a fault of a value. */
  readonly fault?: SchemaFault;
}

/** Maximum number of diagnostics that one validation reports. */
export const MAX_DIAGNOSTICS = 500;

/** Collects the findings of one validation. Keeps at most one more than is reported. */
export class Findings {
  readonly #all: Finding[] = [];

  /** `true`: further findings are dropped, so checks may stop. */
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

  /** Returns `true` if an error was reported at a path. */
  hasErrorAt(path: DocumentPath): boolean {
    const key = JSON.stringify(path);
    return this.#all.some((each) => each.severity === 'error' && JSON.stringify(each.path) === key);
  }

  /** Returns `true` if an error was reported at a path or below it. */
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
