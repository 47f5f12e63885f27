import { isTimeZone } from '@latchkey/core/common';
import type { DocumentPath } from '../document/document_positions.ts';
import type { JsonSchema } from '../schema/json_schema.ts';
import { validateSchema } from '../schema/validate_schema.ts';
import { COMMON_STEP_KEYS, EVENT_TRIGGER, TRIGGERS, WORKFLOW } from '../schema/workflow_schema.ts';
import { templateForm } from '../templates/template_form.ts';
import { parseDuration } from '../values/duration.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import { didYouMean, similarName } from '../values/suggestion.ts';
import type { Findings } from './diagnostic.ts';
import type { StepNode } from './step_tree.ts';

const hasTemplate = (text: string): boolean => templateForm(text).kind !== 'plain';

/** Keys that authors write by mistake, and the key that they mean. */
const WRONG_KEYS: Readonly<Record<string, string>> = {
  case: 'Write `match`: a case is chosen by `match`.',
  interval: 'Write `every`: older versions called it `interval`.',
  condition: 'Write `if`: only the steps `if` and `while` have a `condition`.',
};

/** Checks the document, its triggers and its steps against their schemas. */
export function checkStructure(document: unknown, findings: Findings): void {
  if (!isRecord(document)) {
    findings.error('schemaViolation', {
      path: [],
      message: 'The document is no object. Write keys such as `name`, `triggers` and `steps`.',
    });
    return;
  }
  checkSchema({ schema: WORKFLOW, value: document, path: [], strict: false }, findings);
  const triggers = ownProperty(document, 'triggers');
  if (!Array.isArray(triggers)) return;
  for (const [index, trigger] of triggers.entries()) {
    checkTrigger(trigger, ['triggers', index], findings);
  }
}

function checkTrigger(trigger: unknown, path: DocumentPath, findings: Findings): void {
  const type = ownProperty(trigger, 'type');
  if (typeof type !== 'string' || type === '') {
    findings.error('schemaViolation', { path, message: 'The trigger has no `type`.' });
    return;
  }
  const schema = Object.hasOwn(TRIGGERS, type) ? TRIGGERS[type] : undefined;
  checkSchema({ schema: schema ?? EVENT_TRIGGER, value: trigger, path, strict: false }, findings);
  if (type === 'scheduled')
    checkSchedule(ownProperty(trigger, 'with'), [...path, 'with'], findings);
  if (schema === undefined && type !== 'workflows.failed') {
    findings.warning('triggerNotAvailable', {
      path: [...path, 'type'],
      message: `No event \`${type}\` exists here, so this trigger never fires.`,
    });
  }
  if (type === 'alert' || type === 'webhook' || type === 'page') {
    findings.warning('triggerNotAvailable', {
      path: [...path, 'type'],
      message: `The trigger \`${type}\` cannot fire here. The workflow can be run by hand.`,
    });
  }
}

function checkSchedule(schedule: unknown, path: DocumentPath, findings: Findings): void {
  if (!isRecord(schedule)) return;
  const every = ownProperty(schedule, 'every');
  const rrule = ownProperty(schedule, 'rrule');
  if ((every === undefined) === (rrule === undefined)) {
    const message = 'A schedule has either `every`, such as 5m, or `rrule`.';
    findings.error('schemaViolation', { path, message });
    return;
  }
  if (typeof every === 'string') {
    const isPlain = /^\d+[smhd]$/.test(every) && (parseDuration(every) ?? 0) >= 60_000;
    if (!isPlain) {
      findings.error('schemaViolation', {
        path: [...path, 'every'],
        message: 'Write one number with s, m, h or d, at least one minute: 90s, 5m, 1d.',
      });
    }
  }
  const timezone = ownProperty(rrule, 'tzid');
  if (typeof timezone === 'string' && !isTimeZone(timezone)) {
    const message = `\`${timezone}\` is no time zone. Write an IANA name such as Europe/Berlin.`;
    findings.error('schemaViolation', { path: [...path, 'rrule', 'tzid'], message });
  }
}

/** Checks one step: its type, its keys and its input. Nested steps are nodes of their own. */
export function checkStep(node: StepNode, findings: Findings): void {
  const { path, step, lookup } = node;
  if (node.name === undefined) {
    findings.error('schemaViolation', { path, message: 'The step has no `name`.' });
  }
  if (lookup === undefined) {
    findings.error('schemaViolation', { path, message: 'The step has no `type`.' });
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
}

function checkKeys(node: StepNode, findings: Findings): void {
  const { stepType, step, path } = node;
  if (stepType === undefined) return;
  const common = ['name', 'type', 'max-step-size', ...stepType.common];
  const own = stepType.keys;
  const ownKeys = Object.keys((own['properties'] as object | undefined) ?? {});
  for (const key of Object.keys(step)) {
    const keyPath = [...path, key];
    if (key === 'if' && stepType.type === 'if') {
      const message = 'An `if` step has a `condition`; it takes no `if`.';
      findings.error('schemaViolation', { path: keyPath, at: 'key', message });
    } else if (ownKeys.includes(key)) {
      // Checked with the schema of the step below.
    } else if (common.includes(key)) {
      const schema = COMMON_STEP_KEYS[key] ?? {};
      checkSchema({ schema, value: step[key], path: keyPath, strict: false }, findings);
    } else {
      reportUnknownKey({ path: keyPath, allowedKeys: [...common, ...ownKeys] }, findings);
    }
  }
  const value = Object.fromEntries(Object.entries(step).filter(([key]) => ownKeys.includes(key)));
  checkSchema(
    { schema: own, value, path, strict: stepType.connectorTypeId !== undefined },
    findings,
  );
}

interface SchemaCheck {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly path: DocumentPath;
  /** Unknown keys inside of `with` are errors, because the connector refuses them. */
  readonly strict: boolean;
}

function checkSchema({ schema, value, path, strict }: SchemaCheck, findings: Findings): void {
  for (const issue of validateSchema(schema, value, hasTemplate)) {
    const issuePath = [...path, ...issue.path];
    if (issue.kind === 'unknown_key') {
      const isError = strict && issue.path[0] === 'with' && issue.path.length > 1;
      reportUnknownKey({ path: issuePath, allowedKeys: issue.allowedKeys, isError }, findings);
      continue;
    }
    const message = isTemplateWithoutQuotes(value, issue.path)
      ? `${issue.message} YAML reads {{ }} without quotes as an object: put the template in quotes.`
      : issue.message;
    findings.error('schemaViolation', { path: issuePath, message });
  }
}

interface UnknownKey {
  readonly path: DocumentPath;
  readonly allowedKeys: readonly string[];
  readonly isError?: boolean;
}

function reportUnknownKey({ path, allowedKeys, isError }: UnknownKey, findings: Findings): void {
  const key = String(path.at(-1));
  const wrong = Object.hasOwn(WRONG_KEYS, key) ? WRONG_KEYS[key] : undefined;
  if (wrong !== undefined) {
    findings.error('schemaViolation', { path, at: 'key', message: wrong });
    return;
  }
  const suggestion = similarName(key, allowedKeys);
  const finding = {
    path,
    at: 'key' as const,
    message: `The key \`${key}\` is unknown here${isError ? '.' : ' and ignored.'}${didYouMean(suggestion)}`,
    ...(suggestion !== undefined && { replacement: suggestion }),
  };
  if (isError) findings.error('schemaViolation', finding);
  else findings.warning('schemaViolation', finding);
}

/** `a: {{ x }}` is an object whose only key is written `{ x }`. */
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

/** Reports each name that an earlier step has. */
export function checkStepNames(nodes: readonly StepNode[], findings: Findings): void {
  const seen = new Set<string>();
  for (const { name, path } of nodes) {
    if (name === undefined) continue;
    if (seen.has(name)) {
      const message = `Another step is called \`${name}\`. Names are unique in a workflow.`;
      findings.error('duplicateStepName', { path: [...path, 'name'], message });
    }
    seen.add(name);
  }
}
