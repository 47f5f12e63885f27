import {
  type ConditionFault,
  readCondition,
  type StaticCondition,
} from '../conditions/static_condition.ts';
import type { DocumentPath } from '../document/document_positions.ts';
import { EVENTS } from '../schema/workflow_schema.ts';
import { ownProperty, splitPath } from '../values/read_path.ts';
import { didYouMean, similarName } from '../values/suggestion.ts';
import type { Findings, RuleId } from './diagnostic.ts';
import type { StepNode } from './step_tree.ts';

const RULES: Readonly<Record<ConditionFault['kind'], RuleId>> = {
  equality: 'invalidEqualityOperator',
  inequality: 'invalidInequalityOperator',
  assignment: 'invalidAssignmentOperator',
  syntax: 'invalidIfConditionSyntax',
  never_true: 'conditionNeverTrue',
};

/** A condition of a document, with its place. */
export interface LocatedCondition extends StaticCondition {
  readonly path: DocumentPath;
  readonly text: string;
}

/** Conditions of a step that are written as text. */
export function conditionsOf({ step, path, stepType }: StepNode): readonly LocatedCondition[] {
  const places: DocumentPath[] = [
    ['if'],
    ['on-failure', 'retry', 'condition'],
    ['on-failure', 'continue'],
    ['iteration-on-failure', 'retry', 'condition'],
    ['iteration-on-failure', 'continue'],
  ];
  if (stepType?.type === 'if' || stepType?.type === 'while') places.push(['condition']);
  if (stepType?.type === 'data.filter' || stepType?.type === 'data.find') {
    places.push(['with', 'condition']);
  }
  return places.flatMap((place) => {
    const text = place.reduce<unknown>((owner, key) => ownProperty(owner, String(key)), step);
    return typeof text === 'string'
      ? [{ path: [...path, ...place], text, ...readCondition(text) }]
      : [];
  });
}

/** Reports operators of other languages, syntax errors, and conditions that are never true. */
export function checkCondition(
  { path, faults }: LocatedCondition,
  findings: Findings,
  syntaxRule: RuleId = 'invalidIfConditionSyntax',
): void {
  // Conditions of triggers cannot contain the expressions that some replacements consist of.
  const isTrigger = syntaxRule === 'invalidTriggerCondition';
  for (const fault of faults) {
    const replacement =
      isTrigger && fault.replacement?.includes('{{') ? undefined : fault.replacement;
    const finding = {
      path,
      message: fault.message,
      at: { start: fault.start, end: fault.end },
      ...(replacement !== undefined && { replacement }),
    };
    if (fault.kind === 'never_true') findings.warning('conditionNeverTrue', finding);
    else findings.error(fault.kind === 'syntax' ? syntaxRule : RULES[fault.kind], finding);
  }
}

/** Conditions in `settings.on-failure`, which applies to all steps. */
export function settingsConditions(document: unknown): readonly LocatedCondition[] {
  const places = [['retry', 'condition'], ['continue']];
  return places.flatMap((place) => {
    const path = ['settings', 'on-failure', ...place];
    const text = path.reduce<unknown>((owner, key) => ownProperty(owner, key), document);
    return typeof text === 'string' ? [{ path, text, ...readCondition(text) }] : [];
  });
}

/**
 * Matches the start of a template. Conditions of triggers are compared without rendering, so they
 * must not contain templates.
 */
const TEMPLATE_START = /\{[{%]/;

/** Checks the conditions of event triggers. They may not contain templates. */
export function checkTriggerConditions(document: unknown, findings: Findings): void {
  const triggers = ownProperty(document, 'triggers');
  if (!Array.isArray(triggers)) return;
  for (const [index, trigger] of triggers.entries()) {
    const text = ownProperty(ownProperty(trigger, 'on'), 'condition');
    // A trigger whose type does not exist here is reported elsewhere, as one error.
    const isKnown = EVENTS.includes(String(ownProperty(trigger, 'type')));
    if (typeof text !== 'string' || !isKnown) continue;
    const path = ['triggers', index, 'on', 'condition'];
    const template = TEMPLATE_START.exec(text);
    if (template !== null) {
      findings.error('invalidTriggerCondition', {
        path,
        message:
          'The condition of a trigger is KQL over `event` and cannot contain templates, such as `event.workflow.name : Nightly`.',
        at: { start: template.index, end: template.index + template[0].length },
      });
      continue;
    }
    const condition = readCondition(text);
    checkCondition({ path, text, ...condition }, findings, 'invalidTriggerCondition');
    for (const { path: field, start, end } of condition.fields) {
      const [root, ...members] = splitPath(field);
      if (root === 'event') {
        const similar = misspeltMember(members);
        if (similar === undefined) continue;
        const message = `The event has no \`${members.join('.')}\`.${didYouMean(similar)}`;
        findings.warning('conditionNeverTrue', { path, message, at: { start, end } });
        continue;
      }
      findings.warning('conditionNeverTrue', {
        path,
        message: `The condition of a trigger reads \`event\` only, so \`${field}\` has no value. Write \`event.${field}\` if it is a value of the event.`,
        at: { start, end },
      });
    }
  }
}

/** Values of the event `workflows.failed`. */
const EVENT_VALUES: Readonly<Record<string, readonly string[]>> = {
  workflow: ['id', 'name', 'spaceId', 'isErrorHandler'],
  execution: ['id', 'startedAt', 'failedAt'],
  error: ['message', 'stepId', 'stepName', 'stepExecutionId'],
  spaceId: [],
  timestamp: [],
};

/** A known name that is similar to an unknown one in the path of a value of the event. */
function misspeltMember([name = '', member]: readonly string[]): string | undefined {
  if (!Object.hasOwn(EVENT_VALUES, name)) return similarName(name, Object.keys(EVENT_VALUES));
  const known = EVENT_VALUES[name] ?? [];
  return member === undefined || known.includes(member) ? undefined : similarName(member, known);
}
