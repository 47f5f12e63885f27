import { sharedTemplateEngine, TemplateError } from '@latchkey/workflow-language';
import { failureOf, StepFailure } from '../failures/step_failure.ts';
import type { WorkerReply } from '../processes/serve_requests.ts';
import type { RenderedTemplate, TemplateRequest } from './template_renderer.ts';

/**
 * Renders a text within its own limits. This may take long, so only a worker may call it. A
 * template that cannot be rendered gives a reply of the kind `failed`.
 * @throws any other error, which means a defect
 */
export function renderRequest({
  text,
  isEvaluated,
  context,
  limits,
  timezone,
}: TemplateRequest): WorkerReply<RenderedTemplate> {
  const engine = sharedTemplateEngine({ limits, timezone });
  const startedAt = performance.now();
  try {
    const value = engine.renderText(text, context, { isEvaluated });
    return { kind: 'result', result: { value, tookMs: performance.now() - startedAt } };
  } catch (error) {
    const failure = error instanceof TemplateError ? failureOf(error) : undefined;
    if (!(failure instanceof StepFailure)) throw error;
    const { type, message } = failure.error;
    return { kind: 'failed', type, message };
  }
}
