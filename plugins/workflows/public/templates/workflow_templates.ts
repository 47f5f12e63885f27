import type { ResponseBody } from '@latchkey/core/public';
import type { getWorkflowConnectors } from '../../common/index.ts';

type ConnectorTypes = ResponseBody<typeof getWorkflowConnectors>['connectorTypes'];
type ConnectorTypeWithActions = ConnectorTypes[string];
type Action = ConnectorTypeWithActions['subActions'][number];

/** A template for a new workflow. */
export type WorkflowTemplate =
  | { readonly kind: 'blank' | 'schedule'; readonly id: string; readonly yaml: string }
  | {
      readonly kind: 'connector';
      readonly id: string;
      readonly connectorName: string;
      readonly action: string;
      readonly yaml: string;
    };

/** Maximum number of connectors with a template, so that the list stays short. */
const MAX_CONNECTORS = 4;

/** Beginnings of names of actions that only read and suit a first step. */
const FIRST = /^(?:search|list|get|find|query)/i;

const BLANK = `version: "1"
name: New workflow
description: What it does
enabled: true
triggers:
  - type: manual
inputs:
  - name: name
    type: string
    default: world
steps:
  - name: greet
    type: console
    with:
      message: "Hello {{ inputs.name }}"
`;

const SCHEDULE = `version: "1"
name: New scheduled workflow
description: What it does
enabled: false
triggers:
  - type: manual
  - type: scheduled
    with:
      every: 1d
steps:
  - name: note
    type: console
    with:
      message: "It is {{ now }}"
`;

/** Templates of a space: an empty workflow, one call for each connector, and a schedule. */
export function templatesOf(types: ConnectorTypes | undefined): readonly WorkflowTemplate[] {
  const calls = Object.values(types ?? {}).flatMap((type) =>
    type.instances.flatMap((instance) => {
      const action = firstAction(type, instance);
      return action === undefined ? [] : [{ type, instance, action }];
    }),
  );
  return [
    { kind: 'blank', id: 'blank', yaml: BLANK },
    ...calls.slice(0, MAX_CONNECTORS).map(
      ({ type, instance, action }): WorkflowTemplate => ({
        kind: 'connector',
        id: `connector:${instance.id}`,
        connectorName: instance.name,
        action: action.displayName,
        yaml: callOf(type, instance, action),
      }),
    ),
    { kind: 'schedule', id: 'schedule', yaml: SCHEDULE },
  ];
}

/** The action that the template of a connector calls: an enabled one that only reads. */
function firstAction(
  { enabled, subActions }: ConnectorTypeWithActions,
  { enabledActions }: ConnectorTypeWithActions['instances'][number],
): Action | undefined {
  if (!enabled) return undefined;
  const reading = subActions.filter(
    ({ name, scope }) => scope === 'read' && (enabledActions?.includes(name) ?? true),
  );
  return reading.find(({ name }) => FIRST.test(name)) ?? reading[0];
}

function callOf(
  type: ConnectorTypeWithActions,
  instance: { readonly id: string; readonly name: string },
  { name, input }: Action,
): string {
  const inputs = requiredInputs(input);
  const step = name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  return [
    'version: "1"',
    `name: ${quoted(`${instance.name}: ${name}`)}`,
    'enabled: true',
    'triggers:',
    '  - type: manual',
    ...(inputs.length === 0 ? [] : ['inputs:', ...inputs.flatMap(inputLines)]),
    'steps:',
    `  - name: ${step}`,
    `    type: ${type.actionTypeId.replace(/^\./, '')}.${name}`,
    `    connector-id: ${quoted(instance.id)}`,
    ...(inputs.length === 0
      ? []
      : ['    with:', ...inputs.map(({ key }) => `      ${key}: "\${{ inputs.${key} }}"`)]),
    '',
  ].join('\n');
}

interface RequiredInput {
  readonly key: string;
  readonly type: 'string' | 'number' | 'boolean';
  readonly description: string | undefined;
}

function inputLines({ key, type, description }: RequiredInput): readonly string[] {
  return [
    `  - name: ${key}`,
    `    type: ${type}`,
    '    required: true',
    ...(description === undefined ? [] : [`    description: ${quoted(description)}`]),
  ];
}

/** Required inputs of an action that a form can ask for: strings, numbers and booleans. */
function requiredInputs(schema: unknown): readonly RequiredInput[] {
  const { required, properties } = Object(schema) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(required)) return [];
  return required.flatMap((key: unknown): RequiredInput[] => {
    if (typeof key !== 'string' || !/^\w+$/.test(key)) return [];
    const property = Object(Object(properties)[key]) as Readonly<Record<string, unknown>>;
    const { type, description } = property;
    if (type !== 'string' && type !== 'number' && type !== 'integer' && type !== 'boolean')
      return [];
    return [
      {
        key,
        type: type === 'integer' ? 'number' : type,
        description: typeof description === 'string' ? description : undefined,
      },
    ];
  });
}

/** Quotes a text for YAML. JSON strings are valid YAML scalars. */
const quoted = (text: string): string => JSON.stringify(text);
