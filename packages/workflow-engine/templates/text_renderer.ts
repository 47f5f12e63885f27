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

/** Milliseconds of rendering in the main thread, in which nothing else can run meanwhile. */
const DIRECT_MS = 50;
/**
 * Allocation units in the main thread: members of lists and characters that filters read. A filter
 * that has begun is not interrupted, and sorting this many takes about as long. The values that
 * operations may visit, at all depths of lists, have a bound of ten times as many.
 */
const DIRECT_UNITS = 50_000;
/** Milliseconds for all templates of one step. Each has its own limit besides. */
const MAX_STEP_MS = 5_000;

/** How the texts of a run are rendered. */
export interface TextRendererOptions extends TemplateEngineOptions {
  /** True: nothing is rendered in the main thread. Default: false. */
  readonly isNeverDirect?: boolean;
}

/**
 * Renders the texts of one run: in the main thread while that is short and filters read few values,
 * and otherwise from the start in another process.
 */
export class TextRenderer {
  readonly #engine: TemplateEngine;
  readonly #options: Required<TemplateEngineOptions>;
  readonly #renderer: TemplateRenderer;
  readonly #isNeverDirect: boolean;
  readonly #turns = new Turns();
  /** Milliseconds of the present step. */
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

  /** Begins a step, which has its own time. */
  beginStep(): void {
    this.#stepMs = 0;
  }

  /**
   * Renders a text; any other value stays as it is.
   * @param isEvaluated `true`: one `{{ expression }}` keeps its type as `${{ expression }}` does
   * @returns the value, or a promise of it when it takes long
   * @throws TemplateError, or StepFailure `TemplateError`; the promise rejects with it
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
   * Renders a text for one of many members of a list, as {@link text} does. Short renderings do not
   * count for the time of the step: their number has a bound, and the step lets other work run
   * between them.
   */
  memberText(value: unknown, context: TemplateContext): unknown {
    return typeof value === 'string' ? this.#render(value, context, false) : value;
  }

  /**
   * Renders the texts of lists and objects at any depth. Keys stay as they are.
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

  /** @throws StepFailure `TemplateError` */
  #ensureTime(): void {
    if (this.#stepMs > MAX_STEP_MS)
      throw new StepFailure('TemplateError', 'The templates of the step take too long.');
  }
}
