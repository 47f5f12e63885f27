import { object, text } from '../schema/json_schema.ts';
import { StepRegistry } from '../steps/step_registry.ts';
import type { KnownWorkflow } from './check_workflows.ts';
import { validateWorkflow } from './validate_workflow.ts';

/** Registry of step types with one action of a connector. */
export const registry = new StepRegistry([
  {
    connectorTypeId: '.google_drive',
    connectorTypeName: 'Google Drive',
    name: 'searchFiles',
    description: 'Searches files.',
    scope: 'read',
    input: object({ query: text(), 'pageSize?': { type: 'number' } }),
  },
]);

const connectors = [
  { id: 'c1', name: 'My Drive', connectorTypeId: '.google_drive' },
  { id: 'c2', name: 'API', connectorTypeId: '.http' },
  {
    id: 'c3',
    name: 'Uploads',
    connectorTypeId: '.google_drive',
    enabledActions: ['upload'],
  },
  {
    id: 'c4',
    name: 'Searches',
    connectorTypeId: '.google_drive',
    enabledActions: ['searchFiles'],
  },
];

const workflows: readonly KnownWorkflow[] = [
  {
    reference: 'Child',
    state: 'found',
    inputs: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        size: { type: 'number', default: 1 },
      },
      required: ['name', 'size'],
      additionalProperties: false,
    },
  },
  { reference: 'Open', state: 'found', inputs: { type: 'object', additionalProperties: true } },
  { reference: 'Without inputs', state: 'found' },
  { reference: 'Gone', state: 'missing' },
  { reference: 'Twice', state: 'ambiguous' },
];

/** Validates a text with some known connectors and workflows. */
export const validate = (yaml: string) =>
  validateWorkflow(yaml, { registry, connectors, workflows });

/** Diagnostics of a text as `line rule`, with `(w)` for warnings. */
export const found = (yaml: string): string[] =>
  validate(yaml).diagnostics.map(
    ({ line, severity, ruleId }) => `${line} ${ruleId}${severity === 'warning' ? ' (w)' : ''}`,
  );

/** Creates a workflow from the given steps. The first step begins on line 5. */
export const workflow = (steps: string, top = ''): string =>
  `name: test\ntriggers:\n  - type: manual\nsteps:\n${steps
    .replace(/^\n/, '')
    .replace(/\s*$/, '')
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}\n${top}`;

/** Creates a workflow whose second step has the given keys. They begin on line 10. */
export const step = (more: string): string =>
  workflow(`
- name: a
  type: data.set
  with:
    x: [1, 2]
- name: b
${more
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`);
