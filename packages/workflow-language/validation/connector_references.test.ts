import { describe, expect, it } from 'vitest';
import { connectorReferences } from './connector_references.ts';
import { registry, workflow } from './workflow_texts.mock.ts';

const found = (steps: string) =>
  connectorReferences(workflow(steps), registry).map(
    ({ stepId, line, reference, kind }) => `${line} ${stepId} ${kind} ${reference}`,
  );

const call = (name: string, connector: string) =>
  `- { name: ${name}, type: google_drive.searchFiles, connector-id: ${connector}, with: { query: a } }`;

describe('connectorReferences', () => {
  it('returns how each step names its connector, including inner steps, in the order of the text', () => {
    expect(
      found(`
- name: outer
  type: if
  condition: true
  steps:
    ${call('nested', 'My Drive')}
${call('placeholder', '<CHOOSE>')}
${call('computed', '"{{ consts.drive }}"')}
- { name: absent, type: google_drive.searchFiles, with: { query: a } }
- { name: web, type: http, with: { url: 'https://example.com' } }
`),
    ).toEqual([
      '9 nested fixed My Drive',
      '10 placeholder placeholder <CHOOSE>',
      '11 computed computed {{ consts.drive }}',
      '12 absent absent ',
    ]);
  });

  it('returns nothing for a text that is not YAML', () => {
    expect(connectorReferences('a: [', registry)).toEqual([]);
  });
});
