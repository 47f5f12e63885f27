import {
  DEFAULT_TEMPLATE_LIMITS,
  sharedTemplateEngine,
  type TemplateContext,
  type TemplateEngine,
  type TemplateEngineOptions,
  TemplateError,
  templateForm,
} from '@latchkey/workflow-language';
import { StepFailure } from '../failures/step_failure.ts';
import { Turns } from '../processes/turns.ts';
import type { TemplateRenderer } from './template_renderer.ts';

/** Maximum milliseconds of rendering in the main thread, during which nothing else can run. */
const DIRECT_MS = 50;
/**
 * Maximum allocation units in the main thread: members of lists and characters that filters read. A
 * filter that has begun cannot be interrupted, and sorting this many members takes about {@link
 * DIRECT_MS}. Ten times as many values may be visited at all depths of lists.
 */
const DIRECT_UNITS = 50_000;
/** Maximum milliseconds for all templates of one step. Each template also has its own limit. */
const MAX_STEP_MS = 5_000;

/** Options for rendering the texts of a run. */
export interface TextRendererOptions extends TemplateEngineOptions {
  /** `true`: nothing is rendered in the main thread. Default: false. */
  readonly isNeverDirect?: boolean;
}

/**
 * Renders the texts of one run: in the main thread if this is short and filters read few values,
 * otherwise in another process.
 */
export class TextRenderer {
  readonly #engine: TemplateEngine;
  readonly #options: Required<TemplateEngineOptions>;
  readonly #renderer: TemplateRenderer;
  readonly #isNeverDirect: boolean;
  readonly #turns = new Turns();
  /** Milliseconds that the templates of the current step have taken. */
  #stepMs = 0;

  constructor(
    {
      limits = DEFAULT_TEMPLATE_LIMITS,
      timezone = 'UTC',
      isNeverDirect = false,
    }: TextRendererOptions,
    renderer: TemplateRenderer,
  ) {
    this.#options = { limits, timezone };
    this.#engine = sharedTemplateEngine(this.#options);
    this.#renderer = renderer;
    this.#isNeverDirect = isNeverDirect;
  }

  /** Begins a new step. Its time counts from zero. */
  beginStep(): void {
    this.#stepMs = 0;
  }

  /**
   * Renders a text. Any other value is returned unchanged.
   * @param isEvaluated `true`: a text that is a single `{{ expression }}` keeps the type of its
   *   value, like `${{ expression }}`
   * @returns the value, or a promise of the value if rendering takes long
   * @throws TemplateError, or StepFailure `TemplateError`; the promise rejects with the latter
   */
  text(value: unknown, context: TemplateContext, isEvaluated = false): unknown {
    if (typeof value !== 'string') return value;
    this.#ensureTime();
    const startedAt = performance.now();
    try {
      return this.#render(value, context, isEvaluated);
    } finally {
      this.#stepMs += performance.now() - startedAt;
    }
  }

  /**
   * Renders a text for one of many members of a list, like {@link text}. Short renderings do not
   * count for the time of the step, because their number is limited and the step lets other work
   * run between them.
   */
  memberText(value: unknown, context: TemplateContext): unknown {
    return typeof value === 'string' ? this.#render(value, context, false) : value;
  }

  /**
   * Renders the texts in lists and objects at any depth. Names of members are not rendered.
   * @throws TemplateError; StepFailure `TemplateError`
   */
  async values(value: unknown, context: TemplateContext): Promise<unknown> {
    if (Array.isArray(value)) {
      const members: unknown[] = [];
      for (const each of value) members.push(await this.values(each, context));
      return members;
    }
    if (typeof value !== 'object' || value === null || value instanceof Date) {
      if (this.#turns.isOver) await this.#turns.next();
      return this.text(value, context);
    }
    const entries: [string, unknown][] = [];
    for (const [key, each] of Object.entries(value))
      entries.push([key, await this.values(each, context)]);
    return Object.fromEntries(entries);
  }

  #render(text: string, context: TemplateContext, isEvaluated: boolean): unknown {
    if (this.#isNeverDirect && templateForm(text).kind !== 'plain')
      return this.#renderInProcess(text, context, isEvaluated);
    const { limits } = this.#options;
    const limitMs = Math.min(DIRECT_MS, limits.renderLimit);
    const memoryLimit = Math.min(DIRECT_UNITS, limits.memoryLimit);
    try {
      return this.#engine.renderText(text, context, { isEvaluated, limitMs, memoryLimit });
    } catch (error) {
      const isLimited =
        error instanceof TemplateError && (error.kind === 'time' || error.kind === 'memory');
      if (!isLimited) throw error;
      return this.#renderInProcess(text, context, isEvaluated);
    }
  }

  async #renderInProcess(text: string, whole: TemplateContext, isEvaluated: boolean) {
    this.#ensureTime();
    const context = this.#engine.contextOf(text, whole);
    const request = { text, isEvaluated, context, ...this.#options };
    const { value, tookMs } = await this.#renderer.render(request);
    this.#stepMs += tookMs;
    return value;
  }

  /**
   * Checks that the step has time left for templates.
   * @throws StepFailure `TemplateError` if it has none
   */
  #ensureTime(): void {
    if (this.#stepMs > MAX_STEP_MS)
      throw new StepFailure('TemplateError', 'The templates of the step took too long to render.');
  }
}
