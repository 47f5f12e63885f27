import { MAX_TEMPLATE_LIMITS } from '@latchkey/workflow-language';
import { afterEach, describe, expect, it } from 'vitest';
import { WorkerTemplateRenderer } from './worker_template_renderer.ts';

const REQUEST = {
  text: '${{ steps.a.output.n | plus: 1 }}',
  isEvaluated: false,
  context: { steps: { a: { output: { n: 1 } } }, now: new Date(0) },
  limits: MAX_TEMPLATE_LIMITS,
  timezone: 'UTC',
};
/** A template that would take minutes. */
const ENDLESS = {
  ...REQUEST,
  text: '{% for a in (1..9999) %}{% for b in (1..9999) %}{% endfor %}{% endfor %}',
  limits: { ...MAX_TEMPLATE_LIMITS, renderLimit: 100 },
};

describe('WorkerTemplateRenderer', () => {
  let all = new WorkerTemplateRenderer();
  let renderer = all.forUser('ana');
  afterEach(async () => {
    await all.close();
    all = new WorkerTemplateRenderer();
    renderer = all.forUser('ana');
  });

  it('returns a number when the template is one expression that gives a number', async () => {
    expect(await renderer.render(REQUEST)).toEqual({ value: 2, tookMs: expect.any(Number) });
    const dated = { ...REQUEST, text: "{{ now | date: '%Y' }}", timezone: 'Asia/Tokyo' };
    expect(await renderer.render(dated)).toMatchObject({ value: '1970' });
  });

  it('fails a template that takes too long, does not block the event loop, and renders the next template', async () => {
    let isRunning = true;
    const endless = renderer.render(ENDLESS).finally(() => {
      isRunning = false;
    });
    const expected = expect(endless).rejects.toMatchObject({
      error: { type: 'TemplateError', message: 'The template takes too long.' },
    });
    let turns = 0;
    for (; isRunning; turns += 1) await new Promise(setImmediate);
    await expected;
    expect(turns).toBeGreaterThan(10);
    expect(await renderer.render(REQUEST)).toMatchObject({ value: 2 });
  });

  it('fails a template with an error, and renders the next template', async () => {
    const faulty = renderer.render({ ...REQUEST, text: '{{ "a" | divided_by: 0 | unknown }}' });
    await expect(faulty).rejects.toMatchObject({ error: { type: 'TemplateError' } });
    expect(await renderer.render(REQUEST)).toMatchObject({ value: 2 });
  });

  it('reports the end of its process as an error that the template did not cause', async () => {
    // The request contains no text, so the process throws an error that it does not expect.
    const ending = renderer.render({ ...REQUEST, text: JSON.parse('5') });
    await expect(ending).rejects.toMatchObject({ error: { type: 'TemplateProcessFailed' } });
    expect(await renderer.render(REQUEST)).toMatchObject({ value: 2 });
  });
});
