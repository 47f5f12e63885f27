import type { DocumentPositions } from '../document/document_positions.ts';
import { type ParsedDocument, parseWorkflowDocument } from '../document/parse_document.ts';
import { declaredSchema } from '../inputs/resolve_inputs.ts';
import type { StepRegistry } from '../steps/step_registry.ts';
import { sharedTemplateEngine } from '../templates/template_engine.ts';
import { ownProperty } from '../values/read_path.ts';
import {
  checkCondition,
  checkTriggerConditions,
  conditionsOf,
  settingsConditions,
} from './check_conditions.ts';
import { checkConnector, type KnownConnector } from './check_connectors.ts';
import { checkFlow } from './check_flow.ts';
import { checkInputs, defaultTextsOf } from './check_inputs.ts';
import { checkOutputs } from './check_outputs.ts';
import { ReferenceCheck } from './check_references.ts';
import { checkStep, checkStepNames, checkStructure } from './check_structure.ts';
import { checkRenderedKeys, checkValueKinds } from './check_value_kinds.ts';
import { checkWorkflow, type KnownWorkflow } from './check_workflows.ts';
import { ConditionValues } from './condition_values.ts';
import { type Diagnostic, type Finding, Findings, MAX_DIAGNOSTICS } from './diagnostic.ts';
import { namesOf } from './document_names.ts';
import { buildStepTree, flattenSteps, type StepNode } from './step_tree.ts';

/** Step types, connectors and workflows with which a text is validated. */
export interface ValidationContext {
  readonly registry: StepRegistry;
  /** Connectors that the author may use. Absent: not known, so they are not checked. */
  readonly connectors?: readonly KnownConnector[];
  /** Workflows that the steps start. Absent: not known, so they are not checked. */
  readonly workflows?: readonly KnownWorkflow[];
}

/** Result of a validation. */
export interface ValidationResult {
  /** `false`: the workflow cannot run. Warnings do not make it false. */
  readonly valid: boolean;
  /** Diagnostics in the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** `true`: there are more than {@link MAX_DIAGNOSTICS}. */
  readonly truncated: boolean;
  /** The parsed YAML text. `undefined`: the text is not YAML. */
  readonly document: unknown;
}

/** Checks the YAML text of a workflow. Never throws for a text. */
export function validateWorkflow(text: string, context: ValidationContext): ValidationResult {
  return validateParsed(parseWorkflowDocument(text), context);
}

/** Like {@link validateWorkflow}, for a text that is already parsed. */
export function validateParsed(
  { value, positions, problems }: ParsedDocument,
  context: ValidationContext,
): ValidationResult {
  if (problems.length > 0) {
    const diagnostics = problems.map(
      ({ message, start, end }): Diagnostic => ({
        severity: 'error',
        ruleId: 'yamlSyntaxError',
        message,
        path: [],
        ...positions.range(start, end),
      }),
    );
    return resultOf(diagnostics, undefined);
  }
  const findings = new Findings();
  checkDocument(value, context, findings);
  return resultOf(
    findings.all().map((finding) => locate(finding, positions)),
    value,
  );
}

function checkDocument(
  document: unknown,
  { registry, connectors, workflows }: ValidationContext,
  findings: Findings,
): void {
  checkStructure(document, findings);
  checkInputs(document, findings);
  checkTriggerConditions(document, findings);
  const nodes = flattenSteps(buildStepTree(document, registry));
  checkStepNames(nodes, findings);
  const names = namesOf(document, nodes);
  const references = new ReferenceCheck(sharedTemplateEngine(), names, findings);
  const values = new ConditionValues(document, nodes, names);
  checkSettings(document, references, findings);
  for (const { path, text } of defaultTextsOf(document)) references.checkDefault(path, text);
  const outputs = declaredSchema(ownProperty(document, 'outputs'));
  for (const node of nodes) {
    if (findings.isFull) return;
    if (node.parent !== undefined && isUnchecked(node.parent)) continue;
    checkStep(node, findings);
    if (isUnchecked(node)) continue;
    checkValueKinds(node, findings);
    checkRenderedKeys(node, findings);
    const conditions = conditionsOf(node);
    for (const condition of conditions) {
      checkCondition(condition, findings);
      values.check(condition, findings);
    }
    references.check(node, conditions);
    checkConnector(node, connectors, findings);
    checkWorkflow(node, workflows, findings);
    checkFlow(node, findings);
    checkOutputs(node, outputs, findings);
  }
}

/** Checks the templates and the condition of the settings. */
function checkSettings(document: unknown, references: ReferenceCheck, findings: Findings): void {
  const textAt = (...path: readonly string[]): string | undefined => {
    const value = path.reduce<unknown>((owner, key) => ownProperty(owner, key), document);
    return typeof value === 'string' ? value : undefined;
  };
  const key = ['settings', 'concurrency', 'key'];
  const keyText = textAt(...key);
  if (keyText !== undefined) references.checkKey(key, keyText);
  for (const below of [['continue'], ['retry', 'condition']]) {
    const path = ['settings', 'on-failure', ...below];
    const text = textAt(...path);
    if (text !== undefined) references.checkFailureText(path, text);
  }
  for (const condition of settingsConditions(document)) {
    checkCondition(condition, findings);
    references.checkFailureFields(condition);
  }
}

/**
 * Returns `true` if the type of a step, or of an enclosing step, is unknown or not available. Such
 * a step is reported as one error, and its content is not checked.
 */
function isUnchecked(node: StepNode): boolean {
  return (
    node.lookup?.kind === 'unavailable' ||
    node.lookup?.kind === 'unknown' ||
    (node.parent !== undefined && isUnchecked(node.parent))
  );
}

function locate(
  { at, replacement, ...finding }: Finding,
  positions: DocumentPositions,
): Diagnostic {
  const { path } = finding;
  const repair = replacement === undefined ? undefined : positions.repair(path, at, replacement);
  if (repair !== undefined) return { ...finding, ...repair };
  if (at === undefined) return { ...finding, ...positions.ofValue(path) };
  return { ...finding, ...(at === 'key' ? positions.ofKey(path) : positions.ofPart(path, at)) };
}

function resultOf(diagnostics: readonly Diagnostic[], document: unknown): ValidationResult {
  const sorted = diagnostics.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return {
    valid: !sorted.some(({ severity }) => severity === 'error'),
    diagnostics: sorted.slice(0, MAX_DIAGNOSTICS),
    truncated: sorted.length > MAX_DIAGNOSTICS,
    document,
  };
}
