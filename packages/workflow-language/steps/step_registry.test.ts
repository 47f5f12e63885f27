import { describe, expect, it } from '@jest/globals';
import { object, text } from '../schema/json_schema.ts';
import { StepRegistry } from './step_registry.ts';

const registry = new StepRegistry([
  {
    connectorTypeId: '.google_drive',
    connectorTypeName: 'Google Drive',
    name: 'searchFiles',
    description: 'Searches files.',
    scope: 'read',
    input: object({ query: text() }),
  },
]);

describe('StepRegistry', () => {
  it('has a step type for each action of each connector type', () => {
    expect(registry.find('google_drive.searchFiles')).toMatchObject({
      kind: 'known',
      step: { effect: 'read', connectorTypeId: '.google_drive', behavior: 'call' },
    });
  });

  it.each([
    ['google_drive.serchFiles', 'google_drive.searchFiles'],
    ['forech', 'foreach'],
    ['data.parseJSON', 'data.parseJson'],
  ])('suggests, for the unknown type %s, the type %s', (type, suggestion) => {
    expect(registry.find(type)).toEqual({ kind: 'unknown', suggestion });
  });

  it.each([
    ['something.else', 'Latchkey has no connector type `.something`'],
    ['email', 'it is an older connector of Kibana'],
  ])('reports for %s that this server lacks the connector', (type, reason) => {
    expect(registry.find(type)).toEqual({
      kind: 'unavailable',
      reason: expect.stringContaining(reason),
    });
  });

  it('suggests a newer connector of the same service', () => {
    const action = { connectorTypeName: 'Slack', description: '', scope: 'write', input: {} };
    const types = new StepRegistry([
      { ...action, scope: 'write', connectorTypeId: '.slack2', name: 'sendMessage' },
    ]);
    expect(types.find('slack')).toMatchObject({
      reason: expect.stringContaining('Use a step such as `slack2.sendMessage`.'),
    });
  });

  it.each(['a.b.c', 'merge', 'nonsense', 'data.nonsense', '.'])(
    'suggests nothing for %s',
    (type) => {
      expect(registry.find(type)).toEqual({ kind: 'unknown', suggestion: undefined });
    },
  );

  it.each(['elasticsearch.search', 'kibana.request', 'cases.createCase', 'ai.prompt'])(
    'says why %s is not available',
    (type) => {
      expect(registry.find(type)).toMatchObject({
        kind: 'unavailable',
        reason: expect.stringContaining(type),
      });
    },
  );

  it('finds the current type for an old name', () => {
    expect(registry.find('data.regex_extract')).toMatchObject({
      kind: 'deprecated',
      step: { type: 'data.regexExtract' },
    });
  });

  it('finds no step types with the names of JavaScript properties', () => {
    expect(registry.find('constructor')).toMatchObject({ kind: 'unknown' });
  });
});
