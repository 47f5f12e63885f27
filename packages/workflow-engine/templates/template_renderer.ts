import type { TemplateContext, TemplateLimits } from '@latchkey/workflow-language';

/** A template that takes long to render. */
export interface TemplateRequest {
  readonly text: string;
  /**
   * `true`: a text that is a single `{{ expression }}` keeps the type of its value, like `${{
   * expression }}`.
   */
  readonly isEvaluated: boolean;
  /** The values that the template reads. */
  readonly context: TemplateContext;
  readonly limits: TemplateLimits;
  /** IANA name of the time zone in which dates are shown. */
  readonly timezone: string;
}

/** Result of rendering a template. */
export interface RenderedTemplate {
  readonly value: unknown;
  /** Milliseconds that the rendering took. */
  readonly tookMs: number;
}

/** Renders templates in such a way that they cannot block the process. */
export interface TemplateRenderer {
  /**
   * Renders a template.
   * @throws StepFailure `TemplateError`
   */
  render(request: TemplateRequest): Promise<RenderedTemplate>;
}
