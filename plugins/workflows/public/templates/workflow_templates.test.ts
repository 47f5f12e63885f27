import { StepRegistry, validateWorkflow } from '@latchkey/workflow-language';
import { expect, it } from 'vitest';
import { templatesOf } from './workflow_templates.ts';

const INPUT = {
  type: 'object',
  properties: {
    query: { type: 'string', description: 'Text: to "search"' },
    pageSize: { type: 'integer' },
    filter: { type: 'object' },
  },
  required: ['query', 'pageSize'],
};
const TYPES = {
  '.drive': {
    actionTypeId: '.drive',
    displayName: 'Drive',
    enabled: true,
    enabledInConfig: true,
    enabledInLicense: true,
    minimumLicenseRequired: 'basic',
    subActions: [
      { name: 'deleteFile', displayName: 'Delete', description: '', scope: 'destroy', input: {} },
      { name: 'about', displayName: 'About', description: '', scope: 'read', input: {} },
      { name: 'searchFiles', displayName: 'Search', description: '', scope: 'read', input: INPUT },
    ],
    instances: [{ id: '42', name: 'Team: "Drive"', isPreconfigured: false, isDeprecated: false }],
  },
} as const;
const mutable = structuredClone(TYPES) as unknown as Parameters<typeof templatesOf>[0];

const registry = new StepRegistry(
  TYPES['.drive'].subActions.map((action) => ({
    connectorTypeId: '.drive',
    connectorTypeName: 'Drive',
    name: action.name,
    description: '',
    scope: action.scope,
    input: action.input,
  })),
);
const connectors = [{ id: '42', name: 'Team: "Drive"', connectorTypeId: '.drive' }];

it('every template is a workflow without problems', () => {
  for (const { id, yaml } of templatesOf(mutable)) {
    const { diagnostics } = validateWorkflow(yaml, { registry, connectors });
    expect({ id, diagnostics }).toEqual({ id, diagnostics: [] });
  }
});

it('the list of templates offers one reading call for each connector, which asks for the required inputs', () => {
  const call = templatesOf(mutable).find(({ kind }) => kind === 'connector');
  expect(call).toMatchObject({ connectorName: 'Team: "Drive"', action: 'Search' });
  expect(call?.yaml).toContain('type: drive.searchFiles');
  expect(call?.yaml).toContain(`query: "\${{ inputs.query }}"`);
});

it('the list of templates offers only calls of actions that are enabled in the connector', () => {
  const callWith = (enabledActions: string[]) => {
    const [instance] = mutable?.['.drive']?.instances ?? [];
    if (instance === undefined) throw new Error('no connector');
    const drive = { ...mutable?.['.drive'], instances: [{ ...instance, enabledActions }] };
    return templatesOf({ ...mutable, '.drive': drive } as typeof mutable).filter(
      ({ kind }) => kind === 'connector',
    );
  };
  expect(callWith(['about'])).toMatchObject([{ action: 'About' }]);
  expect(callWith(['deleteFile'])).toEqual([]);
});

it('the list of templates offers a blank workflow and a schedule although there are no connectors', () => {
  expect(templatesOf(undefined).map(({ kind }) => kind)).toEqual(['blank', 'schedule']);
});
