import { Context, type Drop, type Liquid, type RenderOptions, type Scope } from 'liquidjs';
import { RenderWork } from './render_work.ts';

type ContextOptions = ConstructorParameters<typeof Context>;

/**
 * Values that a rendering may visit for each allocation unit. A visit takes about a tenth of the
 * time.
 */
const VISITS_PER_UNIT = 10;
/** Message of Liquid when a rendering allocates too much. */
export const MEMORY_LIMIT_REACHED = 'memory alloc limit exceeded';

/** Limits of {@link LimitedContext}. */
export interface ContextLimits {
  /** The work that all contexts of one rendering share. */
  readonly work: RenderWork;
  /** False: values are passed on and no operation walks through them. Default: true. */
  readonly isCounted?: boolean;
}

/**
 * Values of one rendering. Counts each value with all values in it when a template reads it, unless
 * a filter only passes it on.
 */
export class LimitedContext extends Context {
  readonly work: RenderWork;
  readonly #isCounted: boolean;
  /** True: the next value that is read is passed on. */
  #isPassed = false;

  constructor(
    [values, options, rendering, shared]: ContextOptions,
    { work, isCounted = true }: ContextLimits,
  ) {
    super(values, options, rendering, shared);
    this.work = work;
    this.#isCounted = isCounted;
  }

  /**
   * The context that Liquid gives to a filter or operator.
   * @throws Error when it is another context, which is a defect
   */
  static of(context: unknown): LimitedContext {
    if (context instanceof LimitedContext) return context;
    throw new Error('The context of a template has no limits.');
  }

  /** Without the pauses of Liquid for values that arrive later: no value of a template does. */
  override *_getFromScope(
    scope: Scope,
    paths: (string | number | Drop)[] | string,
  ): IterableIterator<unknown> {
    this.work.use(paths.length);
    let value = scope;
    for (const name of typeof paths === 'string' ? paths.split('.') : paths)
      value = this.readProperty(value, name);
    if (this.#isPassed) this.work.pass(value);
    else if (this.#isCounted) this.work.visit(value);
    this.#isPassed = false;
    return yield value;
  }

  /**
   * Reads one variable without a count of the values in it.
   * @param read reads the variable, and nothing else
   */
  *passedOn(read: () => Iterable<unknown>): IterableIterator<unknown> {
    this.#isPassed = true;
    try {
      return yield read();
    } finally {
      this.#isPassed = false;
    }
  }

  override spawn(values: object = {}): Context {
    const { sync, globals, strictVariables, ownPropertyOnly, renderLimit, memoryLimit } = this;
    const rendering: RenderOptions = { sync, globals, strictVariables, ownPropertyOnly };
    const shared = { renderLimit, memoryLimit, liquid: this.liquid };
    return new LimitedContext([values, this.opts, rendering, shared], { work: this.work });
  }
}

/**
 * The context of one rendering.
 * @param limitMs milliseconds; default: the limit of `liquid`
 * @param memoryLimit allocation units; default: the limit of `liquid`
 */
export function limitedContext({
  liquid,
  values,
  limitMs,
  memoryLimit,
  isCounted,
}: {
  readonly liquid: Liquid;
  readonly values: Readonly<Record<string, unknown>>;
  readonly limitMs?: number | undefined;
  readonly memoryLimit?: number | undefined;
  readonly isCounted: boolean;
}): LimitedContext {
  const { options } = liquid;
  const rendering: RenderOptions = {
    sync: true,
    ...(limitMs === undefined ? {} : { renderLimit: limitMs }),
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
  };
  const work = new RenderWork({
    limit: VISITS_PER_UNIT * (memoryLimit ?? options.memoryLimit),
    message: MEMORY_LIMIT_REACHED,
    checkTime: () => context.renderLimit.check(performance.now()),
  });
  // A copy: `increment` and `decrement` write into it.
  const context = new LimitedContext([{ ...values }, options, rendering, { liquid }], {
    work,
    isCounted,
  });
  return context;
}
