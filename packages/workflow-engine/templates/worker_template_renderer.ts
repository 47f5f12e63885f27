import { StepFailure } from '../failures/step_failure.ts';
import { LimitedWorker } from '../processes/limited_worker.ts';
import type { RenderedTemplate, TemplateRenderer, TemplateRequest } from './template_renderer.ts';

/** Milliseconds beyond the limit of a template, for the work that Liquid does not measure. */
const EXTRA_MS = 500;

/** Renders templates in a process of their own, each within its limits. */
export class WorkerTemplateRenderer implements TemplateRenderer {
  readonly #worker = new LimitedWorker<TemplateRequest, RenderedTemplate>({
    // The production build keeps names of files and removes types.
    module: new URL('./template_process.ts', import.meta.url),
    expired: () => failure('The template takes too long.'),
    failed: ({ reason }) => failure(`The template failed: ${reason}`),
  });

  render(request: TemplateRequest): Promise<RenderedTemplate> {
    return this.#worker.run(request, request.limits.renderLimit + EXTRA_MS);
  }

  /** Ends the process. Requests that have no result yet, and later ones, fail. */
  close(): Promise<void> {
    return this.#worker.close();
  }
}

function failure(message: string): StepFailure {
  return new StepFailure('TemplateError', message);
}
