import { StepFailure } from '../failures/step_failure.ts';
import { renderRequest } from './render_request.ts';
import type { TemplateRenderer } from './template_renderer.ts';

/** Renders templates in this process instead of a worker. */
export const directRenderer: TemplateRenderer = {
  async render(request) {
    const reply = renderRequest(request);
    if (reply.kind === 'failed') throw new StepFailure(reply.type, reply.message);
    return reply.result;
  },
};
