import { describe, expect, it } from 'vitest';
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
    ['log', 'console'],
    ['set', 'data.set'],
    ['sleep', 'wait'],
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

  const services = new StepRegistry(
    [
      ['.slack2', 'searchMessages', 'read'] as const,
      ['.slack2', 'sendMessage', 'write'] as const,
      ['.jira-cloud', 'getIssue', 'read'] as const,
      ['.jira-cloud', 'createIssue', 'write'] as const,
      ['.microsoft-teams', 'listChats', 'read'] as const,
      ['.microsoft-teams', 'sendChannelMessage', 'write'] as const,
      ['.gmail', 'sendMessage', 'write'] as const,
      ['.opsgenie2', 'listAlerts', 'read'] as const,
      ['.opsgenie2', 'createAlert', 'write'] as const,
    ].map(([connectorTypeId, name, scope]) => ({
      connectorTypeId,
      connectorTypeName: connectorTypeId,
      name,
      description: '',
      scope,
      input: {},
    })),
  );

  it.each([
    ['slack', 'slack2.sendMessage'],
    ['.slack', 'slack2.sendMessage'],
    ['slack_api', 'slack2.sendMessage'],
    ['jira', 'jira-cloud.createIssue'],
    ['jira.pushToService', 'jira-cloud.createIssue'],
    ['teams', 'microsoft-teams.sendChannelMessage'],
    ['email', 'gmail.sendMessage'],
    ['opsgenie', 'opsgenie2.createAlert'],
  ])('names, for the older connector %s, the step %s', (type, newer) => {
    expect(services.find(type)).toEqual({
      kind: 'unavailable',
      reason: expect.stringContaining(`Use a step such as \`${newer}\`.`),
    });
  });

  it('recommends `http` for an older connector without a newer one', () => {
    for (const type of ['.webhook', 'webhook', 'email']) {
      expect(registry.find(type)).toMatchObject({
        kind: 'unavailable',
        reason: expect.stringContaining('Use `http`'),
      });
    }
  });

  it('lists the actions of a connector type when it lacks the named one, or none is named', () => {
    const list = 'Use one of `slack2.searchMessages`, `slack2.sendMessage`.';
    expect(services.find('slack2.callTool')).toEqual({
      kind: 'unavailable',
      reason: `The connector type \`.slack2\` has no action \`callTool\`. ${list}`,
    });
    for (const type of ['slack2', '.slack2']) {
      expect(services.find(type)).toEqual({
        kind: 'unavailable',
        reason: `\`slack2\` lacks the name of an action. ${list}`,
      });
    }
  });

  it.each([
    ['gmail.send', 'gmail.sendMessage'],
    ['.gmail.sendMessage', 'gmail.sendMessage'],
    ['.http', 'http'],
  ])('suggests, for %s, the step type %s', (type, suggestion) => {
    expect(services.find(type)).toEqual({ kind: 'unknown', suggestion });
  });

  it.each([
    'proposals.create',
    'nightshift.run',
    'alerting.x',
    'context-engine.x',
    'call_site.x',
    'transform.x',
    'ai.pii',
    'ai.conversation.create',
    'ai.attachment.add',
  ])('says of %s only that it is a step of Kibana', (type) => {
    expect(services.find(type)).toEqual({
      kind: 'unavailable',
      reason: `\`${type}\` is not available here: it is a step of Kibana, which Latchkey does not have.`,
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
