import { describe, expect, it } from 'vitest';
import { found, step, validate, workflow } from './workflow_texts.mock.ts';

const messages = (yaml: string): string[] => validate(yaml).diagnostics.map((each) => each.message);

describe('`if` of a step with its own `foreach`', () => {
  const own = (condition: string): string =>
    step(
      `type: console\nforeach: "{{ steps.a.output.x }}"\nif: ${condition}\nwith: { message: x }`,
    );

  it('is reported as never true, with a suggestion, when it reads a member of the list', () => {
    const yaml = own('"foreach.item.ok : true"');
    expect(found(yaml)).toEqual(['12 conditionNeverTrue (w)']);
    expect(messages(yaml)[0]).toContain('Write a step of type `foreach` and put `b`');
  });

  it('causes a warning when a template in it reads a member of the list', () => {
    expect(found(own('"${{ foreach.item.ok }}"'))).toEqual(['12 invalidVariableReference (w)']);
  });

  it('may read other steps', () => {
    expect(found(own('"steps.a.output.x : 1"'))).toEqual([]);
  });

  it('causes a notice that names the outer loop whose member it reads', () => {
    const { diagnostics, valid } = validate(
      workflow(`
- name: outer
  type: foreach
  foreach: [[1]]
  steps:
    - name: b
      type: console
      foreach: "{{ foreach.item }}"
      if: "foreach.item : *"
      with: { message: "{{ foreach.item }}" }
`),
    );
    expect(valid).toBe(true);
    expect(diagnostics).toEqual([
      expect.objectContaining({
        line: 12,
        severity: 'info',
        message: expect.stringContaining('that of the loop `outer` around it'),
      }),
    ]);
  });
});

it('validation warns of a fallback that reads the loop of its failed step', () => {
  const fallback =
    'fallback: [{ name: c, type: console, with: { message: "{{ foreach.item }}" } }]';
  const loop = (key: string) =>
    step(
      `type: foreach\nforeach: [1]\n${key}: { ${fallback} }\nsteps: [{ name: d, type: console, with: { message: x } }]`,
    );
  expect(found(loop('on-failure'))).toEqual(['12 invalidVariableReference (w)']);
  expect(found(loop('iteration-on-failure'))).toEqual([]);
});

describe('the fallback of a loop or of branches', () => {
  const loopWith = (key: string, type: string) =>
    step(
      `type: foreach\nforeach: [1]\n${key}: { fallback: [{ name: c, type: ${type} }] }\nsteps: [{ name: d, type: console, with: { message: x } }]`,
    );
  const branchesWith = (fallback: string) => `
- name: p
  type: parallel
  branches:
    - { name: x, steps: [{ name: c, type: console, with: { message: x } }] }
    - { name: y, steps: [{ name: d, type: console, with: { message: x } }] }
  on-failure: { fallback: [${fallback}], continue: true }`;

  it.each(['loop.break', 'loop.continue'])(
    'must not contain %s, because it is outside of the loop',
    (type) => {
      expect(found(loopWith('on-failure', type))).toEqual(['12 graphBuildError']);
    },
  );

  it('is inside of the loop when it belongs to an iteration', () => {
    expect(found(loopWith('iteration-on-failure', 'loop.break'))).toEqual([]);
  });

  it('may leave a loop around the branches', () => {
    const inner = branchesWith('{ name: e, type: loop.break }').replaceAll('\n', '\n    ');
    expect(found(workflow(`- name: l\n  type: foreach\n  foreach: [1]\n  steps:${inner}`))).toEqual(
      [],
    );
  });

  it('may wait for a user', () => {
    expect(found(workflow(branchesWith('{ name: e, type: waitForApproval }')))).toEqual([]);
  });
});

describe('the list of `parallel`', () => {
  const listed = (items: string) =>
    workflow(
      `- name: p\n  type: parallel\n  foreach: ${items}\n  steps: [{ name: c, type: data.set, with: { v: 1 } }]`,
    );

  it('may be JSON, whose length is known', () => {
    expect(found(listed(`'["a", "b"]'`))).toEqual([]);
    expect(found(listed(`'${JSON.stringify(Array(101).fill(1))}'`))).toEqual([
      '7 parallelFanOutExceedsLimit (w)',
    ]);
  });

  it('causes a warning if its length is not known', () => {
    expect(found(listed('"{{ event.alerts }}"'))).toEqual(['7 unboundedParallelFanOut (w)']);
    expect(found(listed('event.alerts'))).toEqual(['7 unboundedParallelFanOut (w)']);
  });
});

describe('branches of `parallel`', () => {
  const branches = (message: string, more = '') =>
    workflow(`
- name: p
  type: parallel
  branches:
    - { name: x, steps: [{ name: c, type: data.set, with: { v: 1 } }] }
    - name: y
      steps: [{ name: d, type: console, with: { message: "${message}" } }]
${more}`);

  it('cannot read the steps of one another', () => {
    const yaml = branches('{{ steps.c.output }}');
    expect(found(yaml)).toEqual(['10 invalidVariableReference']);
    expect(messages(yaml)[0]).toContain('runs in another branch of `parallel`');
  });

  it('can be read after they have ended, and in the next iteration of a loop around them', () => {
    const after = '- { name: e, type: console, with: { message: "{{ steps.c.output }}" } }';
    expect(found(branches('x', after))).toEqual([]);
    const inner = `
      - name: p
        type: parallel
        branches:
          - { name: x, steps: [{ name: c, type: data.set, with: { v: 1 } }] }
          - { name: y, steps: [{ name: d, type: console, with: { message: "{{ steps.c.output }}" } }] }`;
    expect(found(workflow(`- name: l\n  type: foreach\n  foreach: [1]\n  steps:${inner}`))).toEqual(
      [],
    );
  });
});
