import { Context, type Drop, type Liquid, type RenderOptions, type Scope } from 'liquidjs';
import { RenderMoment } from './render_moment.ts';
import { RenderWork } from './render_work.ts';

type ContextOptions = ConstructorParameters<typeof Context>;

/**
 * Number of values that a rendering may visit for each allocation unit, because a visit takes about
 * a tenth of the time of an allocation.
 */
const VISITS_PER_UNIT = 10;
/** Message of Liquid's error when a rendering allocates too much. */
export const MEMORY_LIMIT_REACHED = 'memory alloc limit exceeded';

/** Objects that all contexts of one rendering share, and limits of one context. */
export interface ContextLimits {
  /** Counter of the work of the rendering. */
  readonly work: RenderWork;
  readonly moment: RenderMoment;
  /** `false`: values are only passed on, and no operation walks through them. Default: true. */
  readonly isCounted?: boolean;
}

/**
 * Values that one rendering can read. A value that a template reads is counted with all values
 * inside it, unless a filter only passes it on.
 */
export class LimitedContext extends Context {
  readonly work: RenderWork;
  readonly moment: RenderMoment;
  readonly #isCounted: boolean;
  /** `true`: the next value that is read is only passed on, and so is not counted. */
  #isPassed = false;

  constructor(
    [values, options, rendering, shared]: ContextOptions,
    { work, moment, isCounted = true }: ContextLimits,
  ) {
    super(values, options, rendering, shared);
    this.work = work;
    this.moment = moment;
    this.#isCounted = isCounted;
  }

  /**
   * Casts the context that Liquid gives to a filter or operator.
   * @throws Error when it is another context, which means a defect
   */
  static of(context: unknown): LimitedContext {
    if (context instanceof LimitedContext) return context;
    throw new Error('The context of a template has no limits.');
  }

  /**
   * Reads without the pauses that Liquid makes for promises, because no value of a template is a
   * promise.
   */
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
   * Reads one variable without counting the values inside it.
   * @param read function that reads only the variable
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
    const { work, moment } = this;
    return new LimitedContext([values, this.opts, rendering, shared], { work, moment });
  }
}

/**
 * Creates the context for one rendering.
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
  // The values are copied, because `increment` and `decrement` write into them.
  const context = new LimitedContext([{ ...values }, options, rendering, { liquid }], {
    work,
    moment: new RenderMoment(values['now']),
    isCounted,
  });
  return context;
}
