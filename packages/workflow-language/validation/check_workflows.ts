import { validateAuthorSchema } from '../schema/author_schema.ts';
import type { JsonSchema } from '../schema/json_schema.ts';
import { templateForm } from '../templates/template_form.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import { didYouMean, similarName } from '../values/suggestion.ts';
import { checkTextKinds } from './check_value_kinds.ts';
import type { Findings } from './diagnostic.ts';
import type { StepNode } from './step_tree.ts';
import { readWorkflowReference } from './workflow_references.ts';

/** A workflow that was looked up by the id or name that a step names. */
export interface KnownWorkflow {
  /** Text of `workflow-id`. */
  readonly reference: string;
  /** `ambiguous`: several workflows have this name. */
  readonly state: 'found' | 'missing' | 'ambiguous';
  /** JSON Schema of the inputs of the workflow. Absent: it declares none, or they are not known. */
  readonly inputs?: JsonSchema | undefined;
}

const hasTemplate = (text: string): boolean => templateForm(text).kind !== 'plain';

/**
 * Checks the workflow that a step starts, and the inputs for it.
 * @param workflows results of the look-ups; `undefined`: not known, so that only placeholders are
 *   reported. A reference without a result is not checked
 */
export function checkWorkflow(
  node: StepNode,
  workflows: readonly KnownWorkflow[] | undefined,
  findings: Findings,
): void {
  const read = readWorkflowReference(node);
  if (read === undefined || read.kind === 'computed') return;
  const path = [...node.path, 'with', 'workflow-id'];
  const { reference } = read;
  if (read.kind === 'placeholder') {
    const message = 'This is a placeholder: write the id or name of a workflow.';
    findings.error('targetWorkflowNotFound', { path, message });
    return;
  }
  if (workflows === undefined) return;
  const known = workflows.find((each) => each.reference === reference);
  if (known?.state === 'missing') {
    const message = `No workflow of this space has the id or name \`${reference}\`.`;
    findings.error('targetWorkflowNotFound', { path, message });
  } else if (known?.state === 'ambiguous') {
    const message = `Several workflows have the name \`${reference}\`. Use the id of one of them.`;
    findings.error('targetWorkflowNotFound', { path, message });
  } else if (known?.inputs !== undefined) {
    checkGivenInputs(node, known.inputs, findings);
  }
}

function checkGivenInputs({ step, path }: StepNode, schema: JsonSchema, findings: Findings): void {
  const settings = ownProperty(step, 'with');
  const value = ownProperty(settings, 'inputs');
  const given = value ?? {};
  // The whole object may be a template, whose value is not known yet.
  if (!isRecord(given)) return;
  const withPath = [...path, 'with'];
  const inputsPath = [...withPath, 'inputs'];
  const declared = ownProperty(schema, 'properties');
  const properties = isRecord(declared) ? declared : {};
  for (const name of requiredNames(schema)) {
    const hasDefault = ownProperty(ownProperty(properties, name), 'default') !== undefined;
    if (hasDefault || Object.hasOwn(given, name)) continue;
    const message = `The workflow needs the input \`${name}\`.`;
    const at = value === undefined ? withPath : inputsPath;
    findings.error('missingRequiredInput', { path: at, at: 'key', message });
  }
  const isOpen = isRecord(schema['patternProperties']) || allowsOthers(schema);
  for (const [name, input] of Object.entries(given)) {
    const property = ownProperty(properties, name);
    const inputPath = [...inputsPath, name];
    if (property === undefined) {
      if (isOpen) continue;
      const suggestion = similarName(name, Object.keys(properties));
      const message = `The workflow has no input \`${name}\`.${didYouMean(suggestion)}`;
      const repair = suggestion === undefined ? {} : { replacement: suggestion };
      findings.warning('unknownInputKey', { path: inputPath, at: 'key', message, ...repair });
      continue;
    }
    if (!isRecord(property)) continue;
    for (const issue of validateAuthorSchema(property, input, hasTemplate)) {
      const { message, fault } = issue;
      findings.error('invalidInputType', { path: [...inputPath, ...issue.path], message, fault });
    }
    const given = { schema: property, value: input, path: inputPath };
    checkTextKinds(given, 'invalidInputType', findings);
  }
}

function requiredNames(schema: JsonSchema): readonly string[] {
  const required = ownProperty(schema, 'required');
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
}

/** Returns `true` if a JSON Schema allows inputs that are not in `properties`. */
function allowsOthers(schema: JsonSchema): boolean {
  const additional = ownProperty(schema, 'additionalProperties');
  return additional === true || isRecord(additional);
}
