import { StepFailure } from '../failures/step_failure.ts';
import { SharedWorkers } from '../processes/shared_workers.ts';
import type { RenderedTemplate, TemplateRenderer, TemplateRequest } from './template_renderer.ts';

/** Milliseconds beyond the limit of a template, for the work that Liquid does not measure. */
const EXTRA_MS = 500;
/** Type of the failure of a template whose process ended without a fault of the template. */
export const TEMPLATE_PROCESS_FAILED = 'TemplateProcessFailed';
/** Processes for templates. */
const PROCESSES = 2;

/**
 * Renders templates in processes of their own, each within its limits. A user has one template in
 * work at a time, so that others do not wait for all of them.
 */
export class WorkerTemplateRenderer {
  readonly #workers = new SharedWorkers<TemplateRequest, RenderedTemplate>({
    // The production build keeps names of files and removes types.
    module: new URL('./template_process.ts', import.meta.url),
    processes: PROCESSES,
    expired: () => new StepFailure('TemplateError', 'The template takes too long.'),
    // Only the memory depends on the template.
    failed: ({ isOutOfMemory, reason }) =>
      new StepFailure(
        isOutOfMemory ? 'TemplateError' : TEMPLATE_PROCESS_FAILED,
        `The template failed: ${reason}`,
      ),
  });

  /** The templates of one user. @param user any text that names the user */
  forUser(user: string): TemplateRenderer {
    return {
      render: (request) =>
        this.#workers.run(request, { user, limitMs: request.limits.renderLimit + EXTRA_MS }),
    };
  }

  /** Ends the processes. Requests that have no result yet, and later ones, fail. */
  close(): Promise<void> {
    return this.#workers.close();
  }
}
