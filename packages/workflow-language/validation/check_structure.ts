import type { DocumentPath } from '../document/document_positions.ts';
import type { JsonSchema } from '../schema/json_schema.ts';
import { faultMessage, faultOf, keywordFault } from '../schema/schema_fault.ts';
import { validateSchema } from '../schema/validate_schema.ts';
import {
  COMMON_STEP_KEYS,
  EVENT_TRIGGER,
  EVENTS,
  TRIGGERS,
  WORKFLOW,
} from '../schema/workflow_schema.ts';
import { isInstallPlaceholder, templateForm } from '../templates/template_form.ts';
import { MAX_OUTPUT_BYTES, parseByteSize } from '../values/byte_size.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import { didYouMean, similarName } from '../values/suggestion.ts';
import { checkSchedule, checkTimeZone } from './check_schedule.ts';
import { checkSettingsEffect } from './check_settings.ts';
import { checkStepInput } from './check_step_input.ts';
import { checkTemplateMetadata } from './check_template_metadata.ts';
import type { Findings } from './diagnostic.ts';
import { isRenamed, keyHint, keyInstead, misplacedKey, REPLACED_KEYS } from './misplaced_keys.ts';
import type { StepNode } from './step_tree.ts';

/** Checks the document, its triggers and its steps against their schemas. */
export function checkStructure(document: unknown, findings: Findings): void {
  if (!isRecord(document)) {
    findings.error('schemaViolation', {
      path: [],
      message: 'The document is not an object. Write keys such as `name`, `triggers` and `steps`.',
    });
    return;
  }
  const isNumber = document['version'] === 1;
  if (isNumber) {
    findings.error('schemaViolation', {
      path: ['version'],
      message: 'Write `version: "1"`: without quotes, YAML reads a number.',
      replacement: '1',
    });
  }
  const value = isNumber ? { ...document, version: '1' } : document;
  checkSchema({ schema: WORKFLOW, value, path: [] }, findings);
  checkTemplateMetadata(document, findings);
  const settings = ownProperty(document, 'settings');
  checkOutputSize(settings, ['settings'], findings);
  checkSettingsEffect(settings, findings);
  const timezone = ownProperty(settings, 'timezone');
  checkTimeZone(timezone, ['settings', 'timezone'], findings);
  const triggers = ownProperty(document, 'triggers');
  if (!Array.isArray(triggers)) return;
  for (const [index, trigger] of triggers.entries()) {
    checkTrigger({ trigger, path: ['triggers', index], timezone }, findings);
  }
  const pages = triggers.flatMap((trigger, index) =>
    ownProperty(trigger, 'type') === 'page' ? [index] : [],
  );
  for (const index of pages.slice(1)) {
    const message = 'A workflow has at most one trigger `page`.';
    findings.error('schemaViolation', { path: ['triggers', index, 'type'], message });
  }
}

function checkTrigger(
  { trigger, path, timezone }: { trigger: unknown; path: DocumentPath; timezone: unknown },
  findings: Findings,
): void {
  const type = ownProperty(trigger, 'type');
  if (typeof type !== 'string' || type === '') {
    reportMissing({ owner: trigger, path, key: 'type' }, findings);
    if (isRecord(trigger)) reportMisspeltType(trigger, path, findings);
    return;
  }
  const schema = Object.hasOwn(TRIGGERS, type) ? TRIGGERS[type] : undefined;
  if (schema === undefined && !EVENTS.includes(type)) {
    reportUnknownTrigger(type, [...path, 'type'], findings);
    return;
  }
  checkSchema({ schema: schema ?? EVENT_TRIGGER, value: trigger, path }, findings);
  if (type === 'scheduled') {
    const schedule = { value: ownProperty(trigger, 'with'), path: [...path, 'with'] };
    checkSchedule(schedule, timezone, findings);
  }
  if (type === 'alert' || type === 'webhook' || type === 'page') {
    findings.warning('triggerNotAvailable', {
      path: [...path, 'type'],
      message: `The trigger \`${type}\` cannot fire here. The workflow can be run by hand.`,
    });
  }
}

/** Reports a trigger whose type does not exist here, as one error. */
function reportUnknownTrigger(type: string, path: DocumentPath, findings: Findings): void {
  const suggestion = similarName(type, [...Object.keys(TRIGGERS), ...EVENTS]);
  const hint = didYouMean(suggestion) || ' Use `manual`, `scheduled` or `workflows.failed`.';
  findings.error('schemaViolation', {
    path,
    message: `The trigger \`${type}\` is not available here: nothing causes such an event.${hint}`,
    ...(suggestion !== undefined && { replacement: suggestion }),
  });
}

/** Checks one step: its type, its keys and its input. Inner steps are separate nodes. */
export function checkStep(node: StepNode, findings: Findings): void {
  const { path, step, lookup } = node;
  if (node.name === undefined) reportMissing({ owner: step, path, key: 'name' }, findings);
  if (lookup === undefined) {
    reportMissing({ owner: step, path, key: 'type' }, findings);
    reportMisspeltType(step, path, findings);
    return;
  }
  const type = String(ownProperty(step, 'type'));
  const typePath = [...path, 'type'];
  switch (lookup.kind) {
    case 'unavailable':
      findings.error('schemaViolation', { path: typePath, message: lookup.reason });
      return;
    case 'unknown': {
      const message = `The step type \`${type}\` does not exist.${didYouMean(lookup.suggestion)}`;
      findings.error('schemaViolation', {
        path: typePath,
        message,
        ...(lookup.suggestion !== undefined && { replacement: lookup.suggestion }),
      });
      return;
    }
    case 'deprecated':
      findings.warning('deprecatedStepType', {
        path: typePath,
        message: `\`${type}\` is now called \`${lookup.step.type}\`.`,
        replacement: lookup.step.type,
      });
      break;
    case 'known':
      break;
    default:
      lookup satisfies never;
  }
  checkKeys(node, findings);
  checkOutputSize(step, path, findings);
  checkStepInput(node, findings);
}

interface MissingText {
  readonly owner: unknown;
  readonly path: DocumentPath;
  readonly key: string;
}

/** Reports a missing text: at the key if the key exists, otherwise at the object. */
function reportMissing({ owner, path, key }: MissingText, findings: Findings): void {
  const value = ownProperty(owner, key);
  if (value === undefined) {
    const fault = faultOf('missingKey', { name: key });
    findings.error('schemaViolation', { path, message: faultMessage(fault), fault });
    return;
  }
  const fault = value === '' ? faultOf('emptyText') : keywordFault('type', 'string', undefined);
  findings.error('schemaViolation', { path: [...path, key], message: faultMessage(fault), fault });
}

/** Reports a misspelt `type`: a key with a similar name. */
function reportMisspeltType(owner: object, path: DocumentPath, findings: Findings): void {
  for (const key of Object.keys(owner)) {
    if (key === 'type' || similarName(key, ['type']) === undefined) continue;
    reportUnknownKey({ path: [...path, key], allowedKeys: ['type'] }, findings);
  }
}

function checkKeys(node: StepNode, findings: Findings): void {
  const { stepType, step, path } = node;
  if (stepType === undefined) return;
  const common = ['name', 'id', 'type', 'max-step-size', ...stepType.common];
  const own = stepType.keys;
  const ownKeys = Object.keys((own['properties'] as object | undefined) ?? {});
  const input = ownProperty(ownProperty(own, 'properties'), 'with');
  const inputKeys = Object.keys((ownProperty(input, 'properties') as object | undefined) ?? {});
  for (const key of Object.keys(step)) {
    const keyPath = [...path, key];
    const replacement = keyInstead(stepType.type, key);
    if (replacement !== undefined) {
      const article = /^[aeiou]/.test(stepType.type) ? 'An' : 'A';
      const message = `${article} \`${stepType.type}\` step has \`${replacement}\`; it takes no \`${key}\`.`;
      findings.error('schemaViolation', { path: keyPath, at: 'key', message, replacement });
    } else if (ownKeys.includes(key) || key === 'name' || key === 'type') {
      // This key is checked by the schema of the step below, and together with the step above.
    } else if (common.includes(key)) {
      const schema = COMMON_STEP_KEYS[key] ?? {};
      const isRendered = (): boolean => key === 'timeout';
      checkSchema({ schema, value: step[key], path: keyPath, isRendered }, findings);
    } else {
      const allowedKeys = [...common, ...ownKeys];
      const isInput = inputKeys.includes(key);
      reportUnknownKey({ path: keyPath, allowedKeys, isOfStep: true, isInput }, findings);
    }
  }
  const value = Object.fromEntries(Object.entries(step).filter(([key]) => ownKeys.includes(key)));
  const strict = stepType.connectorTypeId !== undefined && stepType.type !== 'http';
  // Keys that decide how often and how long steps run are read before the run, so they cannot be
  // templates.
  const rendersAll = stepType.behavior === 'pure' || stepType.behavior === 'call';
  const isRendered = (below: DocumentPath): boolean => rendersAll || below[0] === 'with';
  const renamed = Object.keys(step).flatMap(
    (key) => keyInstead(stepType.type, key) ?? REPLACED_KEYS[key] ?? [],
  );
  checkSchema({ schema: own, value, path, strict, isRendered, renamed }, findings);
  if (stepType.connectorTypeId === undefined || stepType.type === 'http') {
    reportBareTemplates(node, findings);
  }
}

/** A larger size is used as the largest one, so that a run keeps its outputs in memory. */
function checkOutputSize(owner: unknown, path: DocumentPath, findings: Findings): void {
  const size = ownProperty(owner, 'max-step-size');
  const bytes = typeof size === 'string' ? parseByteSize(size) : undefined;
  if (bytes === undefined || bytes <= MAX_OUTPUT_BYTES) return;
  findings.warning('schemaViolation', {
    path: [...path, 'max-step-size'],
    message: `The output of a step has at most ${MAX_OUTPUT_BYTES / 1024 ** 2}mb here. A larger one fails the step.`,
    replacement: `${MAX_OUTPUT_BYTES / 1024 ** 2}mb`,
  });
}

/** Keys with lists of steps, which are separate nodes. */
const STEP_LISTS = new Set(['steps', 'else', 'default', 'fallback']);

/**
 * Reports templates without quotes: YAML reads `message: {{ x }}` as an object whose only key is an
 * object. A step that accepts any value would run with it.
 */
function reportBareTemplates({ step, path }: StepNode, findings: Findings): void {
  const visit = (value: unknown, below: DocumentPath): void => {
    if (typeof value !== 'object' || value === null || findings.isFull) return;
    if (isTemplateWithoutQuotes(value, [])) {
      const message = 'YAML reads {{ }} without quotes as an object: put the template in quotes.';
      if (!findings.hasErrorAt(below)) {
        findings.warning('schemaViolation', { path: below, message });
      }
      return;
    }
    const isInput = below[path.length] === 'with';
    for (const [key, each] of Object.entries(value)) {
      if (!isInput && STEP_LISTS.has(key)) continue;
      visit(each, [...below, Array.isArray(value) ? Number(key) : key]);
    }
  };
  visit(step, path);
}

interface SchemaCheck {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly path: DocumentPath;
  /** `true`: unknown keys inside `with` are errors, because the connector refuses them. */
  readonly strict?: boolean;
  /**
   * Returns `true` if a text at a path below the value is rendered in a run. Absent: no text is.
   */
  readonly isRendered?: (path: DocumentPath) => boolean;
  /** Keys of the value that are there with another name, which is already reported. */
  readonly renamed?: readonly string[];
}

function checkSchema(
  { schema, value, path, strict = false, isRendered = () => false, renamed = [] }: SchemaCheck,
  findings: Findings,
): void {
  // Placeholders that are replaced when the workflow of a library is installed count as templates.
  const hasTemplate = (text: string, below: DocumentPath): boolean =>
    isInstallPlaceholder(text) || (isRendered(below) && templateForm(text).kind !== 'plain');
  const issues = validateSchema(schema, value, hasTemplate);
  const replaced = issues.flatMap((issue) =>
    issue.kind === 'unknown_key' && misplacedKey([...path, ...issue.path], false) !== undefined
      ? [issue.path]
      : [],
  );
  for (const issue of issues) {
    const issuePath = [...path, ...issue.path];
    // The fault of the old name of a key says what to write.
    const isOwnKey = issue.path.length === 0 && renamed.includes(issue.fault.values['name'] ?? '');
    const isKnown = isOwnKey || replaced.some((old) => isRenamed(old, issue));
    if (issue.kind === 'missing_key' && isKnown) continue;
    if (issue.kind === 'unknown_key') {
      const isError = strict && issue.path[0] === 'with' && issue.path.length > 1;
      reportUnknownKey({ path: issuePath, allowedKeys: issue.allowedKeys, isError }, findings);
      continue;
    }
    const { message, fault } = issue;
    const found = isTemplateWithoutQuotes(value, issue.path)
      ? {
          message: `${message} YAML reads {{ }} without quotes as an object: put the template in quotes.`,
        }
      : { message, fault };
    findings.error('schemaViolation', { path: issuePath, ...found });
  }
}

interface UnknownKey {
  readonly path: DocumentPath;
  readonly allowedKeys: readonly string[];
  readonly isError?: boolean;
  /** `true`: the key is one of the step itself. */
  readonly isOfStep?: boolean;
  /** `true`: the key belongs in the `with` of the step. */
  readonly isInput?: boolean;
}

function reportUnknownKey(
  { path, allowedKeys, isError, isOfStep = false, isInput = false }: UnknownKey,
  findings: Findings,
): void {
  const key = String(path.at(-1));
  const wrong = misplacedKey(path, isOfStep);
  if (wrong !== undefined) {
    const replacement = REPLACED_KEYS[key];
    findings.error('schemaViolation', {
      path,
      at: 'key',
      message: wrong,
      ...(replacement !== undefined && allowedKeys.includes(replacement) && { replacement }),
    });
    return;
  }
  const ownHint = keyHint(path, isOfStep);
  const similar = similarName(key, allowedKeys);
  // A hint that names another key or place would contradict the replacement.
  const suggestion =
    ownHint === undefined || ownHint.includes(`\`${similar}\`?`) ? similar : undefined;
  const isTimeout = key === 'timeout' && path.at(-2) === 'with';
  const hint = isInput ? ` Write \`${key}\` below \`with\`.` : (ownHint ?? didYouMean(suggestion));
  const fault = faultOf(isError === true ? 'unknownKey' : 'ignoredKey', { name: key });
  const finding = {
    path,
    at: 'key' as const,
    message: `${faultMessage(fault)}${hint}`,
    // A hint in the message is not translated. `fault` is therefore only set if there is no hint,
    // or if the replacement says the same.
    ...((hint === '' || suggestion !== undefined) && !isTimeout && !isInput ? { fault } : {}),
    ...(suggestion !== undefined && !isInput && { replacement: suggestion }),
  };
  if (isError) findings.error('schemaViolation', finding);
  else findings.warning('schemaViolation', finding);
}

/**
 * Returns `true` if a value is a template without quotes: an object whose only key is written `{ x
 * }`.
 */
function isTemplateWithoutQuotes(value: unknown, path: DocumentPath): boolean {
  const found = path.reduce<unknown>(
    (owner, segment) => ownProperty(owner, String(segment)),
    value,
  );
  return (
    isRecord(found) &&
    Object.keys(found).length === 1 &&
    /^\{ .* \}$/.test(Object.keys(found)[0] ?? '')
  );
}

/** Reports each step whose name or `id` an earlier step has. */
export function checkStepNames(nodes: readonly StepNode[], findings: Findings): void {
  const seen = new Set<string>();
  for (const { name, id, path } of nodes) {
    // The name and the `id` of one step may be equal.
    const other = id === name ? undefined : id;
    for (const [key, value] of [['name', name] as const, ['id', other] as const]) {
      if (value === undefined) continue;
      if (seen.has(value)) {
        const message = `Another step is called \`${value}\`. Names are unique in a workflow.`;
        findings.error('duplicateStepName', { path: [...path, key], message });
      }
      seen.add(value);
    }
  }
}
