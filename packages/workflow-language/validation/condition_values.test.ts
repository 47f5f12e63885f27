import { describe, expect, it } from 'vitest';
import { validate } from './workflow_texts.mock.ts';

const yaml = (condition: string): string => `name: test
consts:
  { number: 5, list: [], text: prod, yes: 'true', kql: 'inputs.text : x', object: { a: 1 }, flag: true }
triggers:
  - type: manual
    inputs:
      - { name: number, type: number }
      - { name: list, type: array }
      - { name: text, type: string }
      - { name: flag, type: boolean }
steps:
  - { name: set, type: data.set, with: { list: [], mixed: 1, read: "\${{ now }}" } }
  - { name: again, type: data.set, with: { mixed: true } }
  - { name: filter, type: data.filter, items: "\${{ inputs.list }}", with: { condition: "index : 1" } }
  - { name: call, type: http, with: { url: "https://a.example" }, on-failure: { continue: true } }
  - { name: ask, type: waitForApproval }
  - name: last
    type: console
    if: ${JSON.stringify(condition)}
    with: { message: hi }
`;

describe('validation of conditions that are one path', () => {
  it.each([
    ['consts.number', 'a number', 'consts.number > 0'],
    ['consts.list', 'a list', 'consts.list.size > 0'],
    ['consts.text', 'the text `prod`', 'consts.text != blank'],
    ['consts.object', 'an object', 'consts.object != blank'],
    ['consts.object.a', 'a number', 'consts.object.a > 0'],
    ['inputs.number', 'a number', 'inputs.number > 0'],
    ['inputs.list', 'a list', 'inputs.list.size > 0'],
    ['steps.filter.output', 'a list', 'steps.filter.output.size > 0'],
    ['steps.call.output.status', 'a number', 'steps.call.output.status > 0'],
    ['steps.call.error', 'an object', 'steps.call.error != blank'],
    ['steps.ask.output.response', 'an object', 'steps.ask.output.response != blank'],
    ['variables.list', 'a list', 'variables.list.size > 0'],
  ])('warns that %j gives %s, and suggests %j', (path, kind, expression) => {
    const replacement = `\${{ ${expression} }}`;
    const { diagnostics } = validate(yaml(`\${{ ${path} }}`));
    expect(diagnostics).toMatchObject([
      {
        ruleId: 'conditionNeverTrue',
        severity: 'warning',
        line: 19,
        replacement,
        message: `This gives ${kind}, which is neither true nor false. Write \`${replacement}\`.`,
      },
    ]);
    expect(validate(yaml(replacement)).diagnostics).toEqual([]);
  });

  it.each([
    'consts.yes',
    'consts.kql',
    'consts.flag',
    'inputs.text',
    'inputs.flag',
    'steps.call.output.data',
    'steps.call.error.message',
    'steps.ask.output.response.approved',
    'variables.mixed',
    'variables.read',
    'event.alerts',
  ])('reports nothing for %j, which may be true or false', (path) => {
    expect(validate(yaml(`\${{ ${path} }}`)).diagnostics).toEqual([]);
  });

  it('warns of a number alone, without a suggestion', () => {
    const { diagnostics } = validate(yaml('${{ 1 }}'));
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'This gives a number, which is neither true nor false.',
    ]);
  });

  it('waits for the installation of a template before it judges the values of its form', () => {
    const text = yaml('${{ consts.text }}').replace('text: prod', 'text: __install__.enabled');
    const { diagnostics } = validate(`${text}template-metadata: { slug: aa }\n`);
    const judged = diagnostics.filter(({ path }) => path[0] === 'steps');
    expect(judged).toEqual([]);
  });
});
