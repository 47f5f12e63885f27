import {
  Liquid,
  LiquidError,
  Output,
  type Template,
  toValue,
  toValueSync,
  type Value,
} from 'liquidjs';
import { LRUCache } from 'lru-cache';
import { ownProperty } from '../values/read_path.ts';
import { registerFilters } from './filters.ts';
import { limitedContext, MEMORY_LIMIT_REACHED } from './limited_context.ts';
import { limitedOperators } from './operators.ts';
import { beginsWithRead, countPassedValues, StoringAssignTag } from './passed_values.ts';
import { limitRangeBounds } from './range_bounds.ts';
import { ONE_EXPRESSION, TemplateError } from './template_error.ts';
import { evaluatedForm, hasDelimiter, type TemplateForm, templateForm } from './template_form.ts';
import { countPlaces } from './template_places.ts';
import { referencesOf, type VariableReference } from './variable_references.ts';

const ALLOWED_TAGS = new Set([
  '#',
  'assign',
  'break',
  'capture',
  'case',
  'comment',
  'continue',
  'cycle',
  'decrement',
  'echo',
  'for',
  'if',
  'increment',
  'liquid',
  'raw',
  'unless',
]);

const INCLUDING_TAGS = ['block', 'include', 'layout', 'render'];

/** Maximum number of parsed templates that are kept: those of about ten large workflows. */
const KEPT_TEMPLATES = 5_000;

/**
 * Maximum size of parsed templates in estimated bytes. It applies to all shared engines together,
 * to an engine that is not shared, and to one template. A larger template is parsed each time.
 */
const KEPT_SIZE = 20_000_000;
const KEPT_TEMPLATE_SIZE = 1_000_000;

/** Estimated bytes of a parsed part of an expression. */
const BYTES_PER_PLACE = 1_000;

/**
 * Maximum number of shared engines. Each combination of limits and time zone has its own engine.
 */
const KEPT_ENGINES = 20;

/** Message of Liquid when a rendering takes too long. */
const TIME_LIMIT_REACHED = 'template render limit exceeded';

/** Limits of one template (`settings.liquid` of a workflow). */
export interface TemplateLimits {
  /** Maximum characters of one template. */
  readonly parseLimit: number;
  /** Maximum milliseconds of one rendering. */
  readonly renderLimit: number;
  /** Maximum allocation units of one rendering. */
  readonly memoryLimit: number;
}

/** Limits for workflows that set none. */
export const DEFAULT_TEMPLATE_LIMITS: TemplateLimits = {
  parseLimit: 150_000,
  renderLimit: 1_000,
  memoryLimit: 15_000_000,
};

/** Highest limits that the settings of a workflow can set. */
export const MAX_TEMPLATE_LIMITS: TemplateLimits = {
  parseLimit: 600_000,
  renderLimit: 2_000,
  memoryLimit: 60_000_000,
};

/** Options of a template engine. */
export interface TemplateEngineOptions {
  readonly limits?: TemplateLimits;
  /** IANA name of the time zone for the filter `date`. Absent: UTC. */
  readonly timezone?: string;
}

/** Values that templates can read, by name: `inputs`, `steps`, `consts`, … */
export type TemplateContext = Readonly<Record<string, unknown>>;

/** Options for rendering a text. */
export interface TextOptions {
  /**
   * `true`: a text that is a single `{{ expression }}` keeps the type of its value, like `${{
   * expression }}`.
   */
  readonly isEvaluated?: boolean;
  /** Maximum milliseconds. Default: the limit of the engine. */
  readonly limitMs?: number | undefined;
  /** Maximum allocation units. Default: the limit of the engine. */
  readonly memoryLimit?: number | undefined;
}

interface RenderOptions extends Pick<TextOptions, 'limitMs' | 'memoryLimit'> {
  readonly context: TemplateContext;
  readonly maxLength: number;
}

type Compiled =
  | { readonly kind: 'plain' }
  | { readonly kind: 'text'; readonly templates: readonly Template[] }
  | { readonly kind: 'value'; readonly templates: readonly Template[]; readonly value: Value };

/**
 * Parses and renders the templates of a workflow with Liquid. There are no partials, only own
 * properties can be read, unknown filters are refused, and missing variables are empty. Parsed
 * templates are kept.
 */
export class TemplateEngine {
  readonly #liquid: Liquid;
  readonly #compiled = new LRUCache<string, Compiled>({
    max: KEPT_TEMPLATES,
    maxSize: KEPT_SIZE,
    maxEntrySize: KEPT_TEMPLATE_SIZE,
    sizeCalculation: (_, text) => text.length + BYTES_PER_PLACE * countPlaces(text),
  });

  constructor({ limits = DEFAULT_TEMPLATE_LIMITS, timezone = 'UTC' }: TemplateEngineOptions = {}) {
    this.#liquid = new Liquid({
      ...limits,
      timezoneOffset: timezone,
      strictFilters: true,
      strictVariables: false,
      ownPropertyOnly: true,
      relativeReference: false,
      templates: {},
      operators: limitedOperators,
    });
    limitRangeBounds();
    countPassedValues();
    this.#liquid.registerTag('assign', StoringAssignTag);
    for (const tag of Object.keys(this.#liquid.tags)) {
      if (!ALLOWED_TAGS.has(tag)) delete this.#liquid.tags[tag];
    }
    registerFilters(this.#liquid);
  }

  /** Size of the parsed templates that are kept, in estimated bytes. */
  get keptSize(): number {
    return this.#compiled.calculatedSize;
  }

  /** Drops all parsed templates. */
  clear(): void {
    this.#compiled.clear();
  }

  /** Names of all filters. */
  get filters(): readonly string[] {
    return Object.keys(this.#liquid.filters);
  }

  /** Names of all tags, without tags that only end others. */
  get tags(): readonly string[] {
    return Object.keys(this.#liquid.tags);
  }

  /**
   * Checks that a text can be parsed.
   * @throws TemplateError of kind `syntax`
   */
  check(text: string): void {
    this.#compile(templateForm(text));
  }

  /**
   * Variables that a text reads, without those that it assigns itself.
   * @throws TemplateError of kind `syntax`
   */
  references(text: string): readonly VariableReference[] {
    const compiled = this.#compile(templateForm(text));
    if (compiled.kind === 'plain') return [];
    return guarded('syntax', () => referencesOf(this.#liquid, compiled.templates, text));
  }

  /**
   * Renders a value of a step: the texts in lists and objects at any depth. Keys, numbers, booleans
   * and null are returned unchanged.
   * @param maxLength maximum characters of one rendered text
   * @throws TemplateError
   */
  render(value: unknown, context: TemplateContext, maxLength = Number.POSITIVE_INFINITY): unknown {
    if (typeof value === 'string') {
      return this.#renderForm(templateForm(value), { context, maxLength });
    }
    if (Array.isArray(value)) {
      return value.map((each: unknown) => this.render(each, context, maxLength));
    }
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, this.render(each, context, maxLength)]),
    );
  }

  /**
   * Renders a text, such as the list of a `foreach`. A single `{{ expression }}` keeps the type of
   * its value, like `${{ expression }}`.
   * @throws TemplateError
   */
  evaluate(text: string, context: TemplateContext, maxLength = Number.POSITIVE_INFINITY): unknown {
    return this.#renderForm(evaluatedForm(text), { context, maxLength });
  }

  /**
   * Renders one text.
   *
   * @throws TemplateError
   */
  renderText(
    text: string,
    context: TemplateContext,
    { isEvaluated = false, ...limits }: TextOptions = {},
  ): unknown {
    const form = isEvaluated ? evaluatedForm(text) : templateForm(text);
    return this.#renderForm(form, { context, maxLength: Number.POSITIVE_INFINITY, ...limits });
  }

  /**
   * The part of a context that a text reads: whole values, except that `steps` contains only the
   * steps that the text names. `now` is always included, because filters read it.
   * @throws TemplateError of kind `syntax`
   */
  contextOf(text: string, context: TemplateContext): TemplateContext {
    const references = this.references(text);
    const { steps } = context;
    const part: [string, unknown][] = [];
    const named: [string, unknown][] = [];
    for (const {
      segments: [root, name],
    } of references) {
      if (root === 'steps' && typeof name === 'string')
        named.push([name, ownProperty(steps, name)]);
      else if (typeof root === 'string') part.push([root, ownProperty(context, root)]);
      else return context;
    }
    if (!part.some(([root]) => root === 'steps')) part.push(['steps', Object.fromEntries(named)]);
    if (Object.hasOwn(context, 'now')) part.push(['now', context['now']]);
    return Object.fromEntries(part);
  }

  #renderForm(form: TemplateForm, { context, maxLength, ...limits }: RenderOptions): unknown {
    const compiled = this.#compile(form);
    if (compiled.kind === 'plain') return form.text;
    const liquidContext = limitedContext({
      liquid: this.#liquid,
      values: context,
      ...limits,
      // A value that is only returned is not counted, because nothing walks through it.
      isCounted: compiled.kind === 'text' || !isPlainRead(compiled.value),
    });
    const rendered = guarded('render', () =>
      compiled.kind === 'value'
        ? toValue(toValueSync(compiled.value.value(liquidContext)))
        : this.#liquid.renderSync([...compiled.templates], liquidContext),
    );
    if (typeof rendered === 'string' && rendered.length > maxLength) {
      throw new TemplateError(
        'size',
        `The rendered text has ${rendered.length} characters; at most ${maxLength} are allowed.`,
      );
    }
    return rendered;
  }

  #compile(form: TemplateForm): Compiled {
    if (form.kind === 'plain') return form;
    if (form.text.length > this.#liquid.options.parseLimit) {
      throw new TemplateError(
        'syntax',
        `The template is longer than ${this.#liquid.options.parseLimit} characters.`,
      );
    }
    const key = `${form.kind}:${form.text}`;
    const kept = this.#compiled.get(key);
    if (kept !== undefined) return kept;
    // A copy: a substring would keep the whole original text in memory, and a parsed template keeps
    // its own text.
    const keptKey: string = JSON.parse(JSON.stringify(key));
    const compiled = this.#parse({ ...form, text: keptKey.slice(form.kind.length + 1) });
    this.#compiled.set(keptKey, compiled);
    limitKeptSize();
    return compiled;
  }

  #parse(form: TemplateForm & { kind: 'text' | 'value' }): Compiled {
    if (form.kind === 'value') checkExpression(form);
    const templates = guarded('syntax', () => this.#liquid.parse(form.text));
    if (form.kind === 'text') return { kind: 'text', templates };
    // The text before and after the output is only white space and the `$`.
    const output = templates.find((template) => template instanceof Output);
    if (output === undefined) throw new TemplateError('syntax', 'The expression has no end.');
    return { kind: 'value', templates, value: output.value };
  }
}

const engines = new LRUCache<string, TemplateEngine>({ max: KEPT_ENGINES });

/**
 * Engine with these options, which all callers share. Creating an engine takes longer than a run of
 * a small workflow, and later runs can reuse its parsed templates. An engine has no state of a
 * rendering.
 */
export function sharedTemplateEngine(options: TemplateEngineOptions = {}): TemplateEngine {
  const { limits = DEFAULT_TEMPLATE_LIMITS, timezone = 'UTC' } = options;
  const { parseLimit, renderLimit, memoryLimit } = limits;
  const key = JSON.stringify([parseLimit, renderLimit, memoryLimit, timezone]);
  const kept = engines.get(key);
  if (kept !== undefined) return kept;
  const engine = new TemplateEngine({ limits, timezone });
  engines.set(key, engine);
  return engine;
}

/**
 * If all engines together keep too many templates, drops those of the engines that were used
 * longest ago.
 */
function limitKeptSize(): void {
  let size = 0;
  for (const engine of engines.values()) {
    size += engine.keptSize;
    if (size <= KEPT_SIZE) continue;
    size -= engine.keptSize;
    engine.clear();
  }
}

function checkExpression({ expression, offset }: TemplateForm & { kind: 'value' }): void {
  if (hasDelimiter(expression)) {
    throw new TemplateError(
      'syntax',
      `${ONE_EXPRESSION} Use {{ }} for several expressions in one text.`,
      offset,
    );
  }
  if (expression.trim() === '') {
    throw new TemplateError('syntax', 'The expression is empty.', offset);
  }
}

/**
 * Returns `true` if an expression is one variable whose path consists only of names and indexes.
 */
function isPlainRead(value: Value): boolean {
  return value.filters.length === 0 && beginsWithRead(value);
}

/** Runs Liquid and converts its errors. */
function guarded<T>(kind: 'syntax' | 'render', run: () => T): T {
  try {
    return run();
  } catch (error) {
    const cause = causedBy(error) ?? error;
    if (cause instanceof RangeError && /call stack/i.test(cause.message)) {
      throw new TemplateError(kind, 'The template is nested too deeply.');
    }
    if (cause instanceof Error && cause.message === TIME_LIMIT_REACHED)
      throw new TemplateError('time', 'The template takes too long.');
    if (cause instanceof Error && cause.message === MEMORY_LIMIT_REACHED)
      throw new TemplateError(
        'memory',
        'The template needs more memory than `settings.liquid.memoryLimit` allows.',
      );
    if (LiquidError.is(error) && error.token !== undefined) {
      throw new TemplateError(kind, plainMessage(error), offsetOf(error));
    }
    // Errors of values have no token, and filters can throw errors of any kind.
    const message = error instanceof Error ? plainMessage(error) : String(error);
    throw new TemplateError(kind, message);
  }
}

/**
 * Offset of an error. Liquid reports a filter at the start of its output, which may be on an
 * earlier line.
 */
function offsetOf({ token, message }: LiquidError): number {
  const name = /^undefined filter: ([\w-]+)/.exec(message)?.[1];
  if (name === undefined) return token.begin;
  const end = token.end > token.begin ? token.end : token.input.length;
  const found = new RegExp(`\\|\\s*${name}\\b`).exec(token.input.slice(token.begin, end));
  return found === null ? token.begin : token.begin + found.index + found[0].length - name.length;
}

/** Unwraps errors that tags and filters have thrown; Liquid wraps them. */
function causedBy(error: unknown): unknown {
  return LiquidError.is(error) && 'originalError' in error ? error.originalError : undefined;
}

/** Message without the position and the template text that Liquid appends. */
function plainMessage(error: Error): string {
  const message = error.message.replace(/(?:, file:[^,]+)?, line:\d+, col:\d+[\s\S]*$/, '');
  const including = INCLUDING_TAGS.find((tag) => message.startsWith(`tag "${tag}" not found`));
  return including === undefined
    ? message
    : `The tag "${including}" is not available: a workflow has no other templates to include.`;
}
