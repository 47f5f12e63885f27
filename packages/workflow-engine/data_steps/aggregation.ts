import { hasFields, splitPath } from '@latchkey/workflow-language';
import { StepFailure } from '../failures/step_failure.ts';
import { type NumberRange, numberRange } from './number_ranges.ts';
import { MAX_SETTINGS, StepInput } from './step_input.ts';

const OPERATIONS = ['count', 'sum', 'avg', 'min', 'max'] as const;

type MetricOperation = (typeof OPERATIONS)[number];

/** Field of the output that contains the label of the range. */
export const BUCKET_FIELD = 'bucket';

/** One metric, which gives one number for each group. */
export interface Metric {
  readonly name: string;
  readonly operation: MetricOperation;
  /** Path of the values in the members. Empty for `count`. */
  readonly path: readonly string[];
}

/** Settings of `data.aggregate`, from either form of its input. */
export interface Aggregation {
  readonly groupBy: readonly { readonly name: string; readonly path: readonly string[] }[];
  readonly buckets?: {
    readonly path: readonly string[];
    readonly ranges: readonly NumberRange[];
  };
  readonly metrics: readonly Metric[];
  /** Field of the output to sort by. Absent: groups stay in the order of their first members. */
  readonly orderBy?: string;
  readonly isDescending: boolean;
  /** Maximum number of groups in the output. */
  readonly limit: number;
}

/**
 * Reads the settings of `data.aggregate`. In the older form, `group_by` is one text, `metrics` is
 * an object `{ name: { type, field } }`, and the order is in `sort_by` and `sort_order`.
 * @throws StepFailure `InvalidStepInput`
 */
export function readAggregation(input: StepInput): Aggregation {
  const groupBy = groupNames(input).map((name) => ({ name, path: splitPath(name) }));
  const buckets = input.isAbsent('with.buckets') ? undefined : readBuckets(input);
  const metrics = readMetrics(input);
  const fields = [
    ...groupBy.map(({ name }) => name),
    ...(buckets === undefined ? [] : [BUCKET_FIELD]),
    ...metrics.map(({ name }) => name),
  ];
  checkFields(fields);
  const orderPath = input.isAbsent('with.order_by') ? 'with.sort_by' : 'with.order_by';
  const orderBy = input.isAbsent(orderPath) ? undefined : input.text(orderPath);
  if (orderBy !== undefined && !fields.includes(orderBy)) {
    const message = `\`${orderPath}\` names no field of the output, which has ${fields.join(', ')}.`;
    throw new StepFailure('InvalidStepInput', message);
  }
  const direction = input.isAbsent('with.order') ? 'with.sort_order' : 'with.order';
  return {
    groupBy,
    metrics,
    isDescending: input.choice(direction, ['asc', 'desc']) === 'desc',
    limit: input.count('with.limit') ?? Number.POSITIVE_INFINITY,
    ...(buckets !== undefined && { buckets }),
    ...(orderBy !== undefined && { orderBy }),
  };
}

function groupNames(input: StepInput): readonly string[] {
  if (input.isAbsent('with.group_by')) return [];
  const value = input.value('with.group_by');
  if (typeof value === 'string' && value !== '') return [value];
  if (Array.isArray(value)) return input.names('with.group_by', { max: MAX_SETTINGS });
  return input.fail('with.group_by', 'a list of texts, or text that is not empty');
}

function readBuckets(input: StepInput): NonNullable<Aggregation['buckets']> {
  const ranges = input.list('with.buckets.ranges', { min: 1, max: MAX_SETTINGS });
  return {
    path: splitPath(input.text('with.buckets.field')),
    ranges: ranges.map((range, index) => numberRange(range, `with.buckets.ranges[${index}]`)),
  };
}

function readMetrics(input: StepInput): readonly Metric[] {
  if (input.isAbsent('with.metrics')) return [];
  const metrics = input.value('with.metrics');
  if (hasFields(metrics)) {
    return Object.entries(metrics).map(([name, metric]) =>
      readMetric(StepInput.of(metric, `with.metrics.${name}`), { name, operationKey: 'type' }),
    );
  }
  if (!Array.isArray(metrics)) input.fail('with.metrics', 'a list of metrics');
  return input.list('with.metrics', { max: MAX_SETTINGS }).map((metric, index) => {
    const keys = StepInput.of(metric, `with.metrics[${index}]`);
    return readMetric(keys, { name: keys.text('name'), operationKey: 'operation' });
  });
}

function readMetric(
  keys: StepInput,
  { name, operationKey }: { readonly name: string; readonly operationKey: string },
): Metric {
  // An absent operation does not mean `count`, so it is required.
  if (keys.isAbsent(operationKey)) keys.fail(operationKey, OPERATIONS.join(', '));
  const operation = keys.choice(operationKey, OPERATIONS);
  const path = operation === 'count' ? [] : splitPath(keys.text('field'));
  return { name, operation, path };
}

/** Refuses two output fields with the same name, because one would hide the other. */
function checkFields(fields: readonly string[]): void {
  // The search for equal names takes quadratic time, so the number is checked first.
  if (fields.length > MAX_SETTINGS) {
    const message = `The output has ${fields.length} fields; at most ${MAX_SETTINGS} are allowed.`;
    throw new StepFailure('InvalidStepInput', message);
  }
  const twice = fields.find((name, index) => fields.indexOf(name) !== index);
  if (twice !== undefined) {
    const message = `\`${twice}\` is the name of two fields of the output. Rename the metric.`;
    throw new StepFailure('InvalidStepInput', message);
  }
  if (fields.length === 0) {
    const message = '`with` must have `group_by`, `buckets` or `metrics`.';
    throw new StepFailure('InvalidStepInput', message);
  }
}
