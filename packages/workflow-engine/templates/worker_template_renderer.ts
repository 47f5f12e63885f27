import { StepFailure } from '../failures/step_failure.ts';
import { SharedWorkers } from '../processes/shared_workers.ts';
import type { RenderedTemplate, TemplateRenderer, TemplateRequest } from './template_renderer.ts';

/**
 * Milliseconds that are added to the limit of a template, for work that Liquid does not measure.
 */
const EXTRA_MS = 500;
/** Type of the failure when the process of a template ended, and the template is not the reason. */
export const TEMPLATE_PROCESS_FAILED = 'TemplateProcessFailed';
/** Number of processes for templates. */
const PROCESSES = 2;

/**
 * Renders templates in separate processes, each within its limits. Only one template of a user is
 * in work at a time, so that other users do not wait for all templates of one user.
 */
export class WorkerTemplateRenderer {
  readonly #workers = new SharedWorkers<TemplateRequest, RenderedTemplate>({
    // The production build keeps names of files and removes types.
    module: new URL('./template_process.ts', import.meta.url),
    processes: PROCESSES,
    expired: () => new StepFailure('TemplateError', 'The template takes too long.'),
    // The template can be the reason only when memory is exhausted.
    failed: ({ isOutOfMemory, reason }) =>
      new StepFailure(
        isOutOfMemory ? 'TemplateError' : TEMPLATE_PROCESS_FAILED,
        `The template failed: ${reason}`,
      ),
  });

  /**
   * Returns the renderer for the templates of one user.
   * @param user any text that identifies the user
   */
  forUser(user: string): TemplateRenderer {
    return {
      render: (request) =>
        this.#workers.run(request, { user, limitMs: request.limits.renderLimit + EXTRA_MS }),
    };
  }

  /** Ends the processes. Requests in progress and later requests fail. */
  close(): Promise<void> {
    return this.#workers.close();
  }
}
