import { describe, expect, it, vi } from 'vitest';
import { StepFailure } from '../failures/step_failure.ts';
import type { TemplateRenderer } from './template_renderer.ts';
import { TextRenderer } from './text_renderer.ts';

/** Takes longer than the main thread may render, on any machine. */
const LONG = '{% for a in (1..3000) %}{% for b in (1..3000) %}{% endfor %}{% endfor %}';

const CONTEXT = {
  inputs: { word: 'budget' },
  steps: { search: { output: [1, 2] }, other: { output: 'large' } },
  consts: { unused: true },
};

function rendererWith(render: TemplateRenderer['render']) {
  const spy = vi.fn(render);
  return { spy, texts: new TextRenderer({}, { render: spy }) };
}

describe('TextRenderer', () => {
  it('renders short texts immediately, in the main thread', () => {
    const { spy, texts } = rendererWith(async () => ({ value: 'elsewhere', tookMs: 1 }));
    expect(texts.text('{{ inputs.word }}', CONTEXT)).toBe('budget');
    expect(texts.text('{{ steps.search.output }}', CONTEXT, true)).toEqual([1, 2]);
    expect(spy).not.toHaveBeenCalled();
  });

  it('sends a template that takes long to the other process, with the values that it reads', async () => {
    const { spy, texts } = rendererWith(async () => ({ value: 'elsewhere', tookMs: 1 }));
    const text = `${LONG}{{ inputs.word }}{{ steps.search.output[0] }}`;
    expect(await texts.text(text, CONTEXT)).toBe('elsewhere');
    expect(spy.mock.calls[0]?.[0]).toMatchObject({ text, isEvaluated: false });
    expect(spy.mock.calls[0]?.[0].context).toEqual({
      inputs: CONTEXT.inputs,
      steps: { search: CONTEXT.steps.search },
    });
  });

  it.each([
    ['a large list', '{{ inputs.list | sort }}'],
    ['a large list that the text makes', '{{ (1..60000) | sort }}'],
  ])('sends a filter on %s to the other process', async (_, text) => {
    const { spy, texts } = rendererWith(async () => ({ value: 'elsewhere', tookMs: 1 }));
    const list = Array.from({ length: 60_000 }, (__, index) => -index);
    expect(await texts.text(text, { inputs: { list } })).toBe('elsewhere');
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it('J139: sends lists with few members but very many nested values to the other process', async () => {
    const { spy, texts } = rendererWith(async () => ({ value: 'elsewhere', tookMs: 1 }));
    const list = '{% assign a = "" | split: "," | push: a | push: a %}'.repeat(40);
    for (const use of ['{{ a }}', '{% if a == a %}x{% endif %}', '{{ a | join }}'])
      expect(await texts.text(`${list}${use}`, CONTEXT)).toBe('elsewhere');
    expect(spy).toHaveBeenCalledTimes(3);
  });

  it('J128: renders nothing in the main thread when a process has ended during the run', async () => {
    const render = vi.fn(async () => ({ value: 'elsewhere', tookMs: 1 }));
    const texts = new TextRenderer({ isNeverDirect: true }, { render });
    expect(await texts.text('{{ inputs.word }}', CONTEXT)).toBe('elsewhere');
    expect(await texts.values({ a: ['${{ inputs.word }}'] }, CONTEXT)).toEqual({
      a: ['elsewhere'],
    });
    expect(texts.text('no template', CONTEXT)).toBe('no template');
    expect(render).toHaveBeenCalledTimes(2);
  });

  it('renders texts in lists and objects at any depth, and keeps other values unchanged', async () => {
    const { texts } = rendererWith(async () => ({ value: 'elsewhere', tookMs: 1 }));
    const now = new Date(0);
    const value = { a: ['{{ inputs.word }}', { b: LONG, c: 1, d: null, now }], ['__proto__']: 2 };
    expect(await texts.values(value, CONTEXT)).toEqual({
      a: ['budget', { b: 'elsewhere', c: 1, d: null, now }],
      ['__proto__']: 2,
    });
  });

  it('fails a step whose templates take more than five seconds, and starts again from zero for the next step', async () => {
    const { texts } = rendererWith(async () => ({ value: 'elsewhere', tookMs: 5_001 }));
    expect(await texts.text(LONG, CONTEXT)).toBe('elsewhere');
    const failure = new StepFailure(
      'TemplateError',
      'The templates of the step took too long to render.',
    );
    expect(() => texts.text('{{ inputs.word }}', CONTEXT)).toThrow(failure);
    expect(texts.memberText('{{ inputs.word }}', CONTEXT)).toBe('budget');
    await expect(texts.memberText(LONG, CONTEXT)).rejects.toThrow(failure);
    texts.beginStep();
    expect(texts.text('{{ inputs.word }}', CONTEXT)).toBe('budget');
  });
});
