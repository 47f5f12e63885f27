import { describe, expect, it } from 'vitest';
import { found, validate, workflow } from './workflow_texts.mock.ts';

const SCHEMA =
  'schema: { type: object, properties: { host: { type: string }, size: { type: number } } }';

const messagesOf = (yaml: string): string[] =>
  validate(yaml).diagnostics.map(({ severity, message }) => `${severity}: ${message}`);

/** A workflow that reads a value of a step that waits for a user. */
const reading = (read: string, step = `type: waitForInput\n  with: { ${SCHEMA} }`): string =>
  workflow(`
- name: review
  ${step}
- name: show
  type: console
  with: { message: "{{ steps.review.${read} }}" }
`);

describe('validation of reads of a response', () => {
  it.each([
    'output.response.host',
    'output.input.size',
    'output.respondedBy',
    'output.resumedAt',
    'error.message',
    'output.response.host.anything',
  ])('accepts `%s`', (read) => {
    expect(found(reading(read))).toEqual([]);
  });

  it('warns about a key of the response that is read from the output', () => {
    expect(messagesOf(reading('output.host'))).toEqual([
      'warning: The output of `review` has no `host`. Write `output.response.host`.',
    ]);
  });

  it.each([
    ['type: waitForApproval', 'approved'],
    ['type: waitForInput', 'anything'],
    ['type: waitForInput\n  with: { schema: { type: object } }', 'anything'],
  ])('warns about such a key of `%s`, even without the properties of a schema', (step, key) => {
    const hint = `Write \`output.response.${key}\`.`;
    expect(messagesOf(reading(`output.${key}`, step))).toEqual([
      `warning: The output of \`review\` has no \`${key}\`. ${hint}`,
    ]);
    expect(found(reading(`output.response.${key}`, step))).toEqual([]);
  });

  it('warns about such a key in a condition', () => {
    const yaml = workflow(`
- { name: review, type: waitForApproval }
- { name: show, type: console, if: "steps.review.output.approved : true", with: { message: x } }
`);
    expect(messagesOf(yaml)).toEqual([
      'warning: The output of `review` has no `approved`. Write `output.response.approved`.',
    ]);
  });

  it('warns about a key that is in neither', () => {
    expect(messagesOf(reading('output.response.hots'))).toEqual([
      'warning: The response to `review` has no `hots`. Did you mean `host`?',
    ]);
    expect(messagesOf(reading('output.responce.host'))).toEqual([
      'warning: The output of `review` has no `responce`. Did you mean `response`?',
    ]);
    expect(messagesOf(reading('output.other'))).toEqual([
      'warning: The output of `review` has no `other`.',
    ]);
  });

  it('accepts any key of a response whose schema allows others', () => {
    const open = SCHEMA.replace('type: object', 'type: object, additionalProperties: true');
    const step = `type: waitForInput\n  with: { ${open} }`;
    expect(found(reading('output.response.other', step))).toEqual([]);
  });
});

describe('validation of the schema of a form', () => {
  it('warns about templates, which are not rendered', () => {
    const yaml = workflow(`
- name: review
  type: waitForInput
  with:
    message: "{{ now }}"
    schema:
      type: object
      properties:
        host: { type: string, default: "of {{ inputs.host }}", enum: ["{% x %}"] }
`);
    expect(validate(yaml).diagnostics).toMatchObject([
      {
        severity: 'warning',
        ruleId: 'schemaViolation',
        line: 12,
        column: 46,
        path: ['steps', 0, 'with', 'schema', 'properties', 'host', 'default'],
      },
      { severity: 'warning', ruleId: 'schemaViolation', line: 12, column: 74 },
    ]);
  });
});
