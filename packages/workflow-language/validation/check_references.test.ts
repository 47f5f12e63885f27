import { describe, expect, it } from 'vitest';
import { sharedTemplateEngine } from '../templates/template_engine.ts';
import { found, step, validate, workflow } from './workflow_texts.mock.ts';

const message = (value: string): string =>
  step(`type: console\nwith:\n  message: ${JSON.stringify(value)}`);

const messagesOf = (yaml: string): string[] =>
  validate(yaml).diagnostics.map((each) => each.message);

describe('validation of a literal list in a template', () => {
  it.each([
    '${{ steps.a.output.x | default: [] }}',
    '{% for y in [] %}{{ y }}{% endfor %}',
    '{% assign x = [] %}{{ x }}',
    '{{ ["one"] | join: ", " }}',
    '{{ [1, 2] | size }}',
    '${{ steps.a.output.x | default: [-1.5] }}',
    '{% for y in [true] %}{{ y }}{% endfor %}',
  ])('only warns about %s, because it is rendered', (template) => {
    const { valid, diagnostics } = validate(message(template));
    expect([valid, diagnostics.length]).toEqual([true, 1]);
    expect(diagnostics[0]).toMatchObject({
      severity: 'warning',
      ruleId: 'invalidVariableReference',
      message: expect.stringContaining('no literal lists'),
      line: 12,
      column: 17 + template.indexOf('['),
    });
  });

  it('only warns about the default of an input, the key of a group and the settings', () => {
    const settings = `inputs: [{ name: host, type: string, default: "{{ x | default: [] }}" }]
settings:
  concurrency: { key: "{{ inputs.host | default: [] }}", strategy: drop }
  on-failure: { continue: "{{ error.type | default: [] }}" }
`;
    const yaml = workflow('- { name: a, type: data.set, with: { x: 1 } }', settings);
    const warning = 'invalidVariableReference (w)';
    expect(found(yaml)).toEqual([`6 ${warning}`, `6 ${warning}`, `8 ${warning}`, `9 ${warning}`]);
    expect(messagesOf(yaml).filter((each) => each.includes('no literal lists'))).toHaveLength(3);
  });

  it('accepts the name of a variable in brackets', () => {
    expect(found(message('{{ ["steps"].a.output.x }}'))).toEqual([]);
  });

  it.each([
    '{{ steps.a.output.x[1] }}',
    'a list such as [1, 2] in the text, {{ now }}',
    '{{ " [1, 2]" }}',
    '{% raw %}{{ [1] }}{% endraw %}{% comment %}{{ [1] }}{% endcomment %}',
  ])('accepts %s, which has no literal list', (template) => {
    expect(found(message(template))).toEqual([]);
  });

  it('warns about numbers in the key of a group and in the settings', () => {
    const settings = `settings:
  concurrency: { key: "{{ workflow.id | default: [1] }}", strategy: drop }
  on-failure: { continue: "{{ error.type | default: [1] }}" }
`;
    const yaml = workflow('- { name: a, type: data.set, with: { x: 1 } }', settings);
    const warning = 'invalidVariableReference (w)';
    expect(found(yaml)).toEqual([`7 ${warning}`, `8 ${warning}`]);
  });
});

describe('validation of the fields of a condition of settings.on-failure', () => {
  const policy = (condition: string): string =>
    workflow(
      '- { name: a, type: data.set, with: { x: 1 } }',
      `settings:\n  on-failure: { retry: { max-attempts: 1, condition: "${condition}" } }\n`,
    );

  it.each([
    ['error.type : X and steps.a.error : * and not inputs : *', []],
    ['erorr.type : X', ['7 conditionNeverTrue (w)']],
    ['steps.b.error : *', ['7 invalidVariableReference']],
    ['inputs.b : 1', ['7 invalidVariableReference']],
    ['error.status : 429', ['7 invalidVariableReference (w)']],
    ['steps.self.error.type : X', ['7 invalidVariableReference']],
  ])('for %s, reports these diagnostics (line and rule): %j', (condition, expected) => {
    expect(found(policy(condition))).toEqual(expected);
  });

  it('says what to write for the error of the step itself', () => {
    expect(messagesOf(policy('steps.self.error.status : 429'))).toEqual([
      'No step is called `self`. Write `error.details.status`.',
    ]);
  });
});

describe('validation of names of other products', () => {
  it.each(['item.x', 'index'])('names `foreach` for `%s` inside of a loop', (name) => {
    const [root = ''] = name.split('.');
    const loop = step(
      `type: foreach\nforeach: [1]\nsteps:\n  - { name: c, type: console, with: { message: "{{ ${name} }}" } }`,
    );
    const own = step(`type: console\nforeach: [1]\nwith: { message: "{{ ${name} }}" }`);
    const expected = `Nothing is called \`${root}\` here. Write \`foreach.${root}\`.`;
    expect(messagesOf(loop)).toEqual([expected]);
    expect(messagesOf(own)).toEqual([expected]);
    expect(messagesOf(message(`{{ ${name} }}`))).toEqual([`Nothing is called \`${root}\` here.`]);
  });

  it.each([
    ['steps.self.error.status : 429', 'error.details.status'],
    ['steps.self.error.type : X', 'error.type'],
    ['steps.self.error : *', 'error'],
  ])('says what to write for `%s` in a condition of `retry`', (condition, written) => {
    const policy = (text: string): string =>
      step(
        `type: console\non-failure: { retry: { max-attempts: 1, condition: "${text}" } }\nwith: { message: x }`,
      );
    expect(messagesOf(policy(condition))).toEqual([
      `No step is called \`self\`. Write \`${written}\`.`,
    ]);
    expect(found(policy(`${written} : 1`))).toEqual([]);
  });

  it.each(['error.status : 429', 'steps.b.error.status : 429'])(
    'warns that an error has no status in `%s`',
    (condition) => {
      const yaml = step(
        `type: console\non-failure: { retry: { max-attempts: 1, condition: "${condition}" } }\nwith: { message: x }`,
      );
      expect(messagesOf(yaml)).toEqual(['An error has no `status`. Write `error.details.status`.']);
    },
  );
});

describe('validation of templates in the syntax of other languages', () => {
  const diagnosticOf = (template: string) => validate(message(template)).diagnostics[0];

  it.each([
    ['{% if now %}a{% elseif event %}b{% endif %}', 'Liquid has no tag `elseif`. Write `elsif`.'],
    ['{% if now %}a', 'The `{% endif %}` of this tag is missing.'],
    ['{%- for a in event.b -%}a', 'The `{% endfor %}` of this tag is missing.'],
    ['at {{ now }', 'The `}}` of this output is missing.'],
    ['{{ now | default "x" }}', 'A filter needs `:` before its values, such as `| default: "x"`.'],
  ])('says of %j what to write: %s', (template, expected) => {
    expect(diagnosticOf(template)).toMatchObject({
      ruleId: 'liquidSyntaxError',
      message: expected,
    });
  });

  it('warns of a backslash that keeps a quote open in a tag, and repairs it', () => {
    const wrong = String.raw`{% assign parts = event.a | split: '\' %}{{ parts | last }}`;
    const right = String.raw`{% assign parts = event.a | split: '\\' %}{{ parts | last }}`;
    expect(diagnosticOf(wrong)).toMatchObject({ severity: 'warning', ruleId: 'liquidSyntaxError' });
    expect(diagnosticOf(wrong)?.message).toContain(
      String.raw`Write \`'\\'\``.replaceAll('\\`', '`'),
    );
    expect(diagnosticOf(right)).toBeUndefined();
  });

  it.each([
    ['{% for x in event.a | reverse %}{{ x }}{% endfor %}', '| reverse'],
    ['{%- for x in event.a |where: "b|c" limit: 1 -%}{{ x }}{%- endfor -%}', '|where'],
    ["{% for x in event['a|b']\n | entries %}{{ x }}{% endfor %}", '| entries'],
  ])('warns of a filter after the list of a loop, which is ignored: %j', (template, filter) => {
    const diagnostic = diagnosticOf(template);
    expect(diagnostic).toMatchObject({ severity: 'warning', ruleId: 'liquidSyntaxError' });
    expect(diagnostic?.message).toContain(`\`${filter}\` is ignored`);
    const engine = sharedTemplateEngine();
    const event = { a: [1, 2], 'a|b': [1, 2] };
    expect(engine.render(template, { event })).toMatch(/^1/);
  });

  it.each([
    '{% assign y = event.a | reverse %}{% for x in y limit: 2 %}{{ x | json }}{% endfor %}',
    "{% for x in event['a|b'] reversed %}{{ x | json }}{% endfor %}",
    '{% raw %}{% for x in y | z %}{% endraw %}',
  ])('accepts filters elsewhere: %j', (template) => {
    expect(diagnosticOf(template)).toBeUndefined();
  });

  it.each([
    ['Found ${{ event.a }} files', 6],
    ['{{ event.a }} of ${{ event.b }}', 17],
    ['{% if now %}\n\n${{ event.b }}{% endif %}', 14],
  ])('tells that `$` is printed in %j', (template, offset) => {
    const engine = sharedTemplateEngine();
    expect(engine.render(template, { now: 1, event: { a: 1, b: 2 } })).toContain('$');
    const { valid, diagnostics } = validate(message(template));
    expect([valid, diagnostics.length]).toEqual([true, 1]);
    expect(diagnostics[0]).toMatchObject({
      severity: 'info',
      message: expect.stringContaining('`$` is printed'),
      column: 17 + JSON.stringify(template.slice(0, offset)).length - 2,
    });
  });

  it.each([
    '${{ event.a }}',
    ' ${{ event.a }}\n',
    '$ {{ event.a }}',
    '{% raw %}a ${{ b }}{% endraw %}',
  ])('tells nothing of `$` for %j', (template) => {
    expect(diagnosticOf(template)).toBeUndefined();
  });

  it('suggests one comparison after `not` without parentheses, which has the same value', () => {
    const replacement = diagnosticOf('${{ now and not(event.a contains "b") }}')?.replacement;
    expect(replacement).toContain(' event.a contains');
    const engine = sharedTemplateEngine();
    const rendered = ['b', 'c'].map((a) =>
      engine.render('${{ now and not event.a contains "b" }}', { now: 1, event: { a } }),
    );
    expect(rendered).toEqual([false, true]);
  });

  it.each([
    ['{{ now && execution }}', '&&', 'Write `and`.'],
    ['{% if now == 1 || now %}x{% endif %}', '||', 'Write `or`'],
    ['${{ !now }}', '!', 'Write `x == false`.'],
    ['{{ now === 1 }}', '===', 'Write `==`.'],
    ['{% if now = 1 %}x{% endif %}', '=', 'Liquid compares with `==`.'],
    ['${{ now ? 1 : 2 }}', '?', 'Write `{% if x %}'],
    ['{{ now + 1 }}', '+', 'Write `| plus: 1`'],
    ['{{ now | size > 0 }}', 'now | size', 'Write `now.size`.'],
    ['{% if now.a[0]  |  size == 0 %}x{% endif %}', 'now.a[0]  |  size', 'Write `now.a[0].size`.'],
    ['{{ now | first | size > 0 }}', '>', 'Keep it with `{% assign %}`'],
    ['${{ now | plus: 1 >= 2 }}', '>=', 'a filtered value cannot be compared'],
    ['${{ now | first contains "a" }}', 'contains', 'a filtered value cannot be compared'],
    ['{{ now | size and execution }}', 'now | size', 'Write `now.size`.'],
    ['${{ now and (execution or event) }}', '(', 'Keep the part inside of them'],
    ['${{ capitalize(event.a) == "A" }}', 'capitalize', 'Liquid has no function `capitalize`.'],
    ['{% if (now == 1) and event %}x{% endif %}', '(', 'Keep the part inside of them'],
    ['${{ now and not (event.a contains 1) }}', '(event.a contains 1)', 'around ranges only'],
  ])('in %j, marks %j and says what to write: %s', (template, operator, hint) => {
    expect(diagnosticOf(template)).toMatchObject({
      ruleId: 'liquidSyntaxError',
      message: expect.stringContaining(hint),
      column: 17 + template.indexOf(operator),
      endColumn: 17 + template.indexOf(operator) + operator.length,
    });
  });

  it.each(['{{ now | map: x => x }}', "{{ now | default 'x' }}", '{{ now'])(
    'leaves the message of Liquid for %j',
    (template) => {
      expect(diagnosticOf(template)?.message).not.toMatch(/Liquid/);
    },
  );

  it.each([
    ['upper', 'upcase'],
    ['to_json', 'json'],
    ['defualt', 'default'],
  ])('replaces the unknown filter `%s` by `%s`', (filter, replacement) => {
    expect(diagnosticOf(`{{ now | ${filter} }}`)).toMatchObject({
      message: `There is no filter \`${filter}\`. Did you mean \`${replacement}\`?`,
      replacement,
      column: 26,
      endColumn: 26 + filter.length,
    });
  });

  it('suggests no filter if none is similar', () => {
    expect(diagnosticOf('{{ now | nothing }}')).not.toHaveProperty('replacement');
  });
});
