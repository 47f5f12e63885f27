import type { TemplateContext, TemplateLimits } from '@latchkey/workflow-language';

/** A text of a step that takes long to render. */
export interface TemplateRequest {
  readonly text: string;
  /** `true`: one `{{ expression }}` keeps its type as `${{ expression }}` does. */
  readonly isEvaluated: boolean;
  /** The values that the text reads. */
  readonly context: TemplateContext;
  readonly limits: TemplateLimits;
  /** IANA name of the time zone of dates. */
  readonly timezone: string;
}

/** A rendered text. */
export interface RenderedTemplate {
  readonly value: unknown;
  /** Milliseconds that the rendering took. */
  readonly tookMs: number;
}

/** Renders templates where they cannot stop the process. */
export interface TemplateRenderer {
  /**
   * Renders a template.
   * @throws StepFailure `TemplateError`
   */
  render(request: TemplateRequest): Promise<RenderedTemplate>;
}
