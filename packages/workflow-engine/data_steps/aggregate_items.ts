import { valueAt } from '@latchkey/workflow-language';
import { Turns } from '../processes/turns.ts';
import { type Aggregation, BUCKET_FIELD, type Metric, readAggregation } from './aggregation.ts';
import { compareValues } from './compare_values.ts';
import { rangeLabel } from './number_ranges.ts';
import type { StepInput } from './step_input.ts';
import { ValueKeys } from './value_keys.ts';

/** Numbers that the members of a group have at one path. */
interface Numbers {
  count: number;
  sum: number;
  min: number;
  max: number;
}

interface Group {
  /** Values of the group fields, then the label of the range, in the order of the output. */
  readonly values: readonly unknown[];
  members: number;
  readonly numbers: readonly Numbers[];
}

type Row = Readonly<Record<string, unknown>>;

/** Runs `data.aggregate`: groups the members of a list and computes metrics for each group. */
export async function aggregateItems(
  input: StepInput,
  signal?: AbortSignal,
): Promise<readonly Row[]> {
  const items = input.list('items');
  const aggregation = readAggregation(input);
  const groups = await groupsOf(items, aggregation, new Turns(signal));
  const rows = groups.map((group) => rowOf(group, aggregation));
  return sorted(rows, aggregation).slice(0, aggregation.limit);
}

async function groupsOf(
  items: readonly unknown[],
  aggregation: Aggregation,
  turns: Turns,
): Promise<readonly Group[]> {
  const keys = new ValueKeys();
  const groups = new Map<string, Group>();
  for (const item of items) {
    if (turns.isOver) await turns.next();
    const values = groupValues(item, aggregation);
    const key = keys.keyOf(values);
    const group = groups.get(key) ?? newGroup(values, aggregation.metrics);
    groups.set(key, group);
    addMember(group, item, aggregation.metrics);
  }
  return [...groups.values()];
}

function groupValues(item: unknown, { groupBy, buckets }: Aggregation): readonly unknown[] {
  const values = groupBy.map(({ path }) => valueAt(item, path) ?? null);
  if (buckets === undefined) return values;
  return [...values, rangeLabel(valueAt(item, buckets.path), buckets.ranges)];
}

function newGroup(values: readonly unknown[], metrics: readonly Metric[]): Group {
  const none = { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  return { values, members: 0, numbers: metrics.map(() => ({ ...none })) };
}

function addMember(group: Group, item: unknown, metrics: readonly Metric[]): void {
  group.members += 1;
  for (const [index, { path, operation }] of metrics.entries()) {
    const numbers = group.numbers[index];
    if (numbers === undefined || operation === 'count') continue;
    const value = valueAt(item, path);
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    numbers.count += 1;
    numbers.sum += value;
    numbers.min = Math.min(numbers.min, value);
    numbers.max = Math.max(numbers.max, value);
  }
}

function rowOf(group: Group, { groupBy, buckets, metrics }: Aggregation): Row {
  const names = groupBy.map(({ name }) => name);
  if (buckets !== undefined) names.push(BUCKET_FIELD);
  // `Object.fromEntries` makes `__proto__` an ordinary field.
  return Object.fromEntries([
    ...names.map((name, index) => [name, group.values[index]] as const),
    ...metrics.map((metric, index) => [metric.name, metricOf(metric, group, index)] as const),
  ]);
}

/** Value of a metric. `null`: the group has no number at the path. */
function metricOf({ operation }: Metric, group: Group, index: number): number | null {
  if (operation === 'count') return group.members;
  const numbers = group.numbers[index];
  if (numbers === undefined || numbers.count === 0) return null;
  return operation === 'avg' ? numbers.sum / numbers.count : numbers[operation];
}

/** Sorts the rows. Groups without a value to sort by come last, in both directions. */
function sorted(rows: readonly Row[], { orderBy, isDescending }: Aggregation): readonly Row[] {
  if (orderBy === undefined) return rows;
  const hasValue = (row: Row): boolean => row[orderBy] !== null;
  const direction = isDescending ? -1 : 1;
  return [
    ...rows.filter(hasValue).sort((a, b) => direction * compareValues(a[orderBy], b[orderBy])),
    ...rows.filter((row) => !hasValue(row)),
  ];
}
