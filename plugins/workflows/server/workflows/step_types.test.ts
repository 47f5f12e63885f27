import { createActionsStartMock } from '@latchkey/actions-plugin/server/mocks';
import { expect, it, vi } from 'vitest';
import { StepTypes } from './step_types.ts';

const OWNER = { profileUid: 'u_ana' };
const YAML = `
version: '1'
name: small
triggers: [{ type: manual }]
steps:
  - { name: one, type: console, with: { message: hello } }
`;

it('reads the connector types when a text is checked for the first time, and only then', async () => {
  const { connectorTypes } = createActionsStartMock();
  const list = vi.spyOn(connectorTypes, 'list');
  const types = new StepTypes(connectorTypes);
  expect(await types.documents.read(YAML, OWNER)).toMatchObject({ name: 'small' });
  expect(list).not.toHaveBeenCalled();
  expect(await types.program(YAML, OWNER)).toBeDefined();
  await types.documents.analyze(YAML, {}, OWNER);
  expect(types.registry.find('console')).toMatchObject({ kind: 'known' });
  expect(list).toHaveBeenCalledTimes(1);
  await types.documents.close();
});
