import type { DocumentPath } from '../document/document_positions.ts';
import { isListOfFields, LIST_OF_FIELDS } from '../schema/check_author_schema.ts';
import { isRegExp } from '../schema/keywords.ts';
import { isHumanStep } from '../steps/step_type.ts';
import { templateForm } from '../templates/template_form.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import { checkDeclaredSchema } from './check_declared_schema.ts';
import type { Findings } from './diagnostic.ts';
import { textsIn } from './step_texts.ts';
import type { StepNode } from './step_tree.ts';

/** Checks rules for the input of a step that a schema cannot express. */
export function checkStepInput(node: StepNode, findings: Findings): void {
  checkDurations(node, findings);
  checkHttp(node, findings);
  checkForm(node, findings);
  checkChannels(node, findings);
  checkPattern(node, findings);
}

/** Maximum characters of a duration that is a template. */
const MAX_DURATION_TEMPLATE = 2_000;

/** Checks the length of durations that may be templates. */
function checkDurations({ step, path, stepType }: StepNode, findings: Findings): void {
  const places: DocumentPath[] = [['timeout']];
  if (stepType?.type === 'wait') places.push(['with', 'duration']);
  for (const place of places) {
    const text = place.reduce<unknown>((owner, key) => ownProperty(owner, String(key)), step);
    if (typeof text !== 'string' || text.length <= MAX_DURATION_TEMPLATE) continue;
    const message = `A duration has at most ${MAX_DURATION_TEMPLATE} characters. Compute it in a step before this one.`;
    findings.error('schemaViolation', { path: [...path, ...place], message });
  }
}

/** Checks a rule of `http` that its schema cannot express. */
function checkHttp({ step, path, stepType }: StepNode, findings: Findings): void {
  if (stepType?.type !== 'http') return;
  const settings = ownProperty(step, 'with');
  if (!isRecord(settings)) return;
  const isUnverified =
    ownProperty(ownProperty(settings, 'fetcher'), 'skip_ssl_verification') === true;
  if (isUnverified)
    findings.error('schemaViolation', {
      path: [...path, 'with', 'fetcher', 'skip_ssl_verification'],
      message:
        'Certificates are always verified here. Use a connector with a certificate authority instead.',
    });
  if (ownProperty(step, 'connector-id') === undefined && ownProperty(settings, 'url') === undefined)
    findings.error('schemaViolation', {
      path: [...path, 'with'],
      message: 'Without `connector-id`, the step needs `url`.',
    });
}

/** A question is shown to its user here. Nothing is sent through channels of Kibana. */
function checkChannels({ step, path, stepType }: StepNode, findings: Findings): void {
  if (!isHumanStep(stepType)) return;
  const channels = ownProperty(ownProperty(step, 'with'), 'channels');
  if (!isRecord(channels) || Object.keys(channels).length === 0) return;
  findings.warning('schemaViolation', {
    path: [...path, 'with', 'channels'],
    at: 'key',
    message:
      'Nobody is notified through `channels` here: the user of the run sees the question in the header of each page. To send a message, write a step of a connector before this one.',
  });
}

/** Checks the JSON Schema of the form with which a step asks a user. */
function checkForm({ step, path, stepType }: StepNode, findings: Findings): void {
  if (stepType?.type !== 'waitForInput') return;
  const schema = ownProperty(ownProperty(step, 'with'), 'schema');
  const schemaPath = [...path, 'with', 'schema'];
  checkDeclaredSchema(schema, schemaPath, findings);
  if (isListOfFields(schema))
    findings.warning('schemaViolation', { path: schemaPath, at: 'key', message: LIST_OF_FIELDS });
  for (const { path: textPath, text } of textsIn(schema, schemaPath)) {
    if (templateForm(text).kind === 'plain') continue;
    const start = text.search(/\{[{%]/);
    const message =
      'The schema of a form is not rendered, so this text stays as it is. Show the value in `message`.';
    findings.warning('schemaViolation', { path: textPath, message, at: { start, end: start + 2 } });
  }
}

/** Warns about a pattern that cannot be compiled, because the step would fail in each run. */
function checkPattern({ step, path, stepType }: StepNode, findings: Findings): void {
  if (stepType?.type !== 'data.regexExtract' && stepType?.type !== 'data.regexReplace') return;
  const settings = ownProperty(step, 'with');
  const pattern = ownProperty(settings, 'pattern');
  const flags = ownProperty(settings, 'flags') ?? '';
  const isFixed = (text: unknown): text is string =>
    typeof text === 'string' && templateForm(text).kind === 'plain';
  if (!isFixed(pattern) || !isFixed(flags)) return;
  if (!isRegExp('', flags)) {
    const message = 'These are not flags of a regular expression, such as `g` or `i`.';
    findings.warning('schemaViolation', { path: [...path, 'with', 'flags'], message });
  } else if (!isRegExp(pattern, flags)) {
    const message = 'This is not a regular expression, so the step fails.';
    findings.warning('schemaViolation', { path: [...path, 'with', 'pattern'], message });
  }
}
