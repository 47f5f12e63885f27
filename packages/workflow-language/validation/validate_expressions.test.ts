import { describe, expect, it } from 'vitest';
import { found, step, validate, workflow } from './workflow_texts.mock.ts';

describe('validation of references', () => {
  const message = (value: string): string => step(`type: console\nwith:\n  message: ${value}`);

  it.each([
    ['operators', '{% if nope* %}x{% endif %}', ' and nope'],
    ['filters after a quoted bracket', '{{ "}" | append: nope* }}', ' | append: nope'],
  ])('looks up the variables between %s only if there are few', (_, template, part) => {
    const text = (count: number) => JSON.stringify(template.replace('*', part.repeat(count)));
    expect(found(message(text(2)))).toHaveLength(3);
    expect(found(message(text(8_000)))).toEqual([]);
  });

  it.each([
    ['"{{ steps.a.output.x[0] }}"', []],
    ['"{{ steps.aa.output }}"', ['12 invalidVariableReference']],
    ['"{{ steps.b.output }}"', ['12 invalidVariableReference']],
    ['"{{ steps.b.error.message }}"', []],
    ['"{{ now ?? 1 }}"', ['12 invalidVariableReference']],
    ['"{{ input.x }}"', ['12 invalidVariableReference']],
    ['"{{ consts.x }}"', ['12 invalidVariableReference']],
    ['"{{ inputs.x }}"', ['12 invalidVariableReference']],
    ['"{{ variables.x }} {{ now }} {{ execution.id }}"', []],
    ['"{% assign z = 1 %}{{ z }}"', []],
    ['"{{ steps.a.output.x | nothing }}"', ['12 liquidSyntaxError']],
    ['"${{ steps.a }} and {{ steps.a }}"', ['12 liquidSyntaxError']],
    ['|\n    first {{ now }}\n    second {{ wrong }}', ['14 invalidVariableReference']],
  ])('for %j, reports these diagnostics (line and rule): %j', (value, expected) => {
    expect(found(message(value))).toEqual(expected);
  });

  it('names referenced steps that cannot have run before', () => {
    const yaml = workflow(`
- name: first
  type: http
  with: { url: '{{ steps.second.output }}' }
- name: second
  type: if
  condition: 'inputs : *'
  steps:
    - { name: yes_step, type: http, with: { url: '{{ steps.no_step.output }}' } }
  else:
    - { name: no_step, type: http, with: { url: '{{ steps.first.output }}' } }
- name: third
  type: http
  with: { url: '{{ steps.yes_step.output }}{{ steps.no_step.output }}' }
`);
    expect(found(yaml)).toEqual(['7 invalidVariableReference', '12 invalidVariableReference']);
  });

  it('allows a reference to a later step of the same loop', () => {
    const yaml = workflow(`
- name: loop
  type: while
  condition: 'while.iteration < 3'
  steps:
    - { name: x, type: http, with: { url: '{{ steps.y.output }}' } }
    - { name: y, type: http, with: { url: '{{ steps.x.output }}' } }
`);
    expect(found(yaml)).toEqual([]);
  });
});

describe('validation of names of list members', () => {
  it.each([
    [
      'type: data.map\nitems: "${{ steps.a.output.x }}"\nwith: { fields: { y: "{{ item.z }}" } }',
      [],
    ],
    ['type: data.filter\nitems: "${{ steps.a.output.x }}"\nwith: { condition: "item.z : 1" }', []],
    [
      'type: data.map\nitems: "${{ item.x }}"\nwith: { fields: {} }',
      ['11 invalidVariableReference'],
    ],
    ['type: console\nwith: { message: "{{ item.x }}" }', ['11 invalidVariableReference']],
  ])('for %j, reports these diagnostics (line and rule): %j', (yaml, expected) => {
    expect(found(step(yaml))).toEqual(expected);
  });
});

describe('validation of names that exist only in some places', () => {
  const message = (value: string): string => step(`type: console\nwith:\n  message: ${value}`);
  const inLoop = (value: string): string =>
    step(
      `type: foreach\nforeach: [1]\nsteps:\n  - name: c\n    type: console\n    with: { message: ${value} }`,
    );

  it.each([
    ['"{{ foreach.item }}"', ['12 invalidVariableReference']],
    ['"{{ while.iteration }}"', ['12 invalidVariableReference']],
    ['"{{ execution.ids }}"', ['12 invalidVariableReference']],
    ['"{{ execution.unheardOf }}"', ['12 invalidVariableReference (w)']],
    ['"{{ workflow.startedAt }}"', ['12 invalidVariableReference (w)']],
    ['"{{ steps.a.status }}"', ['12 invalidVariableReference (w)']],
    ['"{{ steps.a.outputs.x }}"', ['12 invalidVariableReference']],
    ['"{{ steps.a.steps.x }}"', ['12 invalidVariableReference (w)']],
    ['"{{ steps.a.output.steps.x }}"', []],
    ['"{{ variables.x }}"', []],
    ['"{{ variables.y }}"', ['12 invalidVariableReference (w)']],
    ['"{{ context.kibanaUrl }}"', ['12 invalidVariableReference (w)']],
    ['"{{ context.hitl.url }}"', []],
    ['"{{ execution.workflow.name }}"', ['12 invalidVariableReference (w)']],
    ['{{ now }}', ['12 schemaViolation (w)']],
  ])('for %s, reports these diagnostics (line and rule): %j', (value, expected) => {
    expect(found(message(value))).toEqual(expected);
  });

  it('allows the state of a loop inside the loop', () => {
    expect(found(inLoop('"{{ foreach.item }}{{ foreach.total }}"'))).toEqual([]);
    expect(found(inLoop('"{{ foreach.itm }}"'))).toEqual(['15 invalidVariableReference']);
  });

  it('allows the state of a loop in the fallback of the settings', () => {
    const settings =
      'settings:\n  on-failure:\n    fallback:\n      - { name: f, type: console, with: { message: "{{ foreach.item }}" } }\n';
    expect(found(workflow('- { name: a, type: data.set, with: { x: 1 } }', settings))).toEqual([]);
  });

  it('warns about a key that the output of a step does not have', () => {
    const yaml = workflow(
      '- { name: a, type: http, with: { url: x } }\n- { name: b, type: console, with: { message: "{{ steps.a.output.data.x }}{{ steps.a.output.body }}" } }',
    );
    expect(found(yaml)).toEqual(['6 invalidVariableReference (w)']);
  });

  it('allows unknown inputs if the schema allows them', () => {
    const text = (more: string): string =>
      workflow(
        '- { name: a, type: console, with: { message: "{{ inputs.b }}" } }',
        `inputs: { properties: { a: {} }${more} }\n`,
      );
    expect(found(text(''))).toEqual(['5 invalidVariableReference']);
    expect(found(text(', additionalProperties: true'))).toEqual([]);
  });
});

describe('validation of names below a step and below `workflow`', () => {
  const messageOf = (template: string) =>
    validate(
      workflow(
        `- { name: a, type: http, with: { url: x } }\n- { name: b, type: console, with: { message: "{{ ${template} }}" } }`,
      ),
    ).diagnostics.map((each) => each.message);

  it.each([
    ['steps.a.status', 'Write `output.status`.'],
    ['steps.b.steps.a.output', 'Write `steps.a`.'],
    ['workflow.startedAt', 'Write `execution.startedAt`.'],
    ['execution.name', 'Write `workflow.name`.'],
    ['execution.workflow.id', 'Write `workflow.id`.'],
  ])('for %s, says: %s', (template, hint) => {
    expect(messageOf(template)).toEqual([expect.stringContaining(hint)]);
  });

  it('does not know the state of a step that does not exist here', () => {
    const steps =
      '- { name: a, type: kibana.request, with: {} }\n- { name: b, type: console, with: { message: "{{ steps.a.status }}" } }';
    expect(found(workflow(steps))).toEqual(['5 schemaViolation']);
  });

  it('replaces several expressions that cannot keep their types', () => {
    const { diagnostics } = validate(
      step('type: console\nwith: { message: "${{ steps.a.output.x }} ${{ now }}" }'),
    );
    expect(diagnostics).toMatchObject([
      { ruleId: 'liquidSyntaxError', replacement: '"{{ steps.a.output.x }} {{ now }}"' },
    ]);
  });
});

it.each([
  'type: console\nforeach: [1, 2]\nwith: { message: "{{ steps.b.output }}" }',
  'type: while\ncondition: true\nsteps: [{ name: c, type: console, with: { message: "{{ steps.c.output }}" } }]',
])(
  'validation accepts that a step reads its own output from the previous iteration: %j',
  (text) => {
    expect(found(step(text))).toEqual([]);
  },
);

describe('validation of templates of `data.map`, which are rendered for each member,', () => {
  const fields = (text: string): string =>
    step(`type: data.map
items: [1]
with:
  fields:
    list:
      $map: { items: "\${{ item.list }}", item: entry, index: n }
      x: "${text}"`);

  it.each(['{{ item }} {{ index }} {{ entry.x }} {{ n }}', '{{ steps.a.output.x }}'])(
    'accepts %s',
    (text) => {
      expect(found(fields(text))).toEqual([]);
    },
  );

  it.each(['{{ entri.x }}', '{{ const.x }}', '{{ item ?? 1 }}'])('reports %s', (text) => {
    expect(found(fields(text))).toEqual(['16 invalidVariableReference']);
  });
});

describe('the key of a concurrency group', () => {
  const keyed = (key: string): string =>
    workflow(
      '- { name: a, type: data.set, with: { x: 1 } }',
      `inputs: [{ name: host, type: string }]\nsettings: { concurrency: { key: "${key}", strategy: drop } }\n`,
    );

  it.each(['{{ inputs.host }}', '{{ event.alerts[0].host.name }}', 'fixed', '{{ workflow.id }}'])(
    'may be `%s`',
    (key) => {
      expect(found(keyed(key))).toEqual([]);
    },
  );

  it.each([
    ['{{ inputs.hots }}', 'invalidVariableReference'],
    ['{{ steps.a.output }}', 'invalidVariableReference'],
    ['{{ inputs.host | upcasee }}', 'liquidSyntaxError'],
    ['{{ inputs.host }', 'liquidSyntaxError'],
  ])('causes a warning for %s, because the key is used as it is written', (key, rule) => {
    expect(found(keyed(key))).toEqual([`7 ${rule} (w)`]);
  });
});

describe('`on-failure` of the settings', () => {
  const failing = (policy: string): string =>
    workflow(
      '- { name: a, type: data.set, with: { x: 1 } }',
      `settings:\n  on-failure:\n    ${policy}\n`,
    );

  it.each([
    'continue: "${{ error.details.status == 404 }}"',
    'continue: "{{ steps.a.error.type }}"',
    'retry: { max-attempts: 1, condition: "error.type : X" }',
  ])('may contain %s', (policy) => {
    expect(found(failing(policy))).toEqual([]);
  });

  it.each([
    ['continue: "{{ error.type | nonsense }}"', 'liquidSyntaxError'],
    ['continue: "{{ erro.type }}"', 'invalidVariableReference'],
    ['continue: "{{ steps.z.error }}"', 'invalidVariableReference'],
    ['continue: "{{ consts.z }}"', 'invalidVariableReference'],
    ['retry: { max-attempts: 1, condition: "error.type : (" }', 'invalidIfConditionSyntax'],
    ['retry: { max-attempts: 1, condition: "error.type == X" }', 'invalidEqualityOperator'],
  ])('must not contain %s', (policy, rule) => {
    expect(found(failing(policy))).toEqual([`8 ${rule}`]);
  });
});

describe('validation of `error`', () => {
  const withPolicy = (policy: string) => step(`type: console\n${policy}\nwith: { message: x }`);

  it.each([
    ['if: "error.type : X"', ['11 conditionNeverTrue (w)']],
    [`on-failure: { continue: "\${{ error.type == 'X' }}" }`, []],
    ['on-failure: { continue: "error.type : X" }', []],
    ['on-failure: { continue: "error.type == X" }', ['11 invalidEqualityOperator']],
    [
      'on-failure: { fallback: [{ name: c, type: console, with: { message: "{{ error.type }}" } }] }',
      [],
    ],
  ])('for %j, reports %j', (policy, expected) => {
    expect(found(withPolicy(policy))).toEqual(expected);
  });

  it('warns of a text outside of `on-failure`, where it is empty', () => {
    const yaml = step('type: console\nwith:\n  message: "{{ error.message }}"');
    expect(found(yaml)).toEqual(['12 invalidVariableReference (w)']);
  });

  it('reports a wrong operator in `continue` of the settings', () => {
    const settings = 'settings: { on-failure: { continue: "error.type != X" } }\n';
    const yaml = `${settings}${step('type: console\nwith: { message: x }')}`;
    expect(found(yaml)).toEqual(['1 invalidInequalityOperator']);
  });
});

describe('validation of a name with `@`', () => {
  const at = (template: string) =>
    validate(step(`type: console\nwith:\n  message: '${template}'`)).diagnostics[0];

  it.each([
    ['{{ event.a.@timestamp }}', 27],
    ['${{ event.a.@timestamp }}', 28],
    ['{% if event.a.@timestamp == 1 %}x{% endif %}', 30],
    ['{{ event.a | default: event.b.@timestamp }}', 46],
  ])('says that it needs brackets: %s', (template, column) => {
    expect(at(template)).toMatchObject({
      ruleId: 'liquidSyntaxError',
      message: 'A name with `@` needs brackets. Write `["@timestamp"]`.',
      column,
      endColumn: column + '.@timestamp'.length,
      replacement: '["@timestamp"]',
    });
    expect(at(template.replace('.@timestamp', '["@timestamp"]'))).toBeUndefined();
  });

  it('does not assume it where no dot stands before the `@`', () => {
    expect(at('{{ event@x }}')?.message).not.toContain('brackets');
  });
});

it('validation says that templates have no literal objects', () => {
  const yaml = step(`type: console\nwith:\n  message: '{{ event.a | default: {} }}'`);
  expect(validate(yaml).diagnostics).toMatchObject([
    { ruleId: 'liquidSyntaxError', message: expect.stringContaining('no literal objects') },
  ]);
});

it('validation says what `loop` is called in Liquid', () => {
  const text = '{% for x in event.a %}{{ loop.index }}{% endfor %}';
  const yaml = step(`type: console\nwith:\n  message: '${text}'`);
  expect(validate(yaml).diagnostics).toMatchObject([
    { message: expect.stringContaining('write `forloop`') },
  ]);
});
