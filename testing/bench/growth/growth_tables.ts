import { costOf, type Row, type TurnSummary } from '../load/rounds.ts';
import type { TokenReads } from '../load/token_reads.ts';
import { count, table } from '../report/table.ts';
import type { GrowthPlan } from './growth_plan.ts';
import type { StoreGrowth } from './measure_growth.ts';

/**
 * Returns the results of one store as Markdown tables for the terminal and for
 * `testing/bench/README.md`.
 */
export function renderGrowth(growth: StoreGrowth, plan: GrowthPlan): string {
  const { store, fills, executions, reads, processes, lists } = growth;
  return [
    table(
      [`${store}: filled`, 'seconds', 'tokens/s', 'server ready after ms'],
      fills.map(({ tokens, seconds, readyAfterMs }) => [
        `${count(tokens)} tokens`,
        seconds.toFixed(0),
        count(tokens / seconds),
        count(readyAfterMs),
      ]),
    ),
    executionTable(`${store}: _execute`, executions, plan),
    readTable(`${store}: token reads in process`, reads),
    executionTable(`${store}: _execute`, processes, plan),
    listTable(`${store}: one caller requests`, [...lists.list, ...lists.status, ...lists.page]),
    neighbourTable(`${store}: _execute, 50/s`, lists.neighbours),
  ].join('\n\n');
}

function executionTable(title: string, rows: readonly Row[], plan: GrowthPlan): string {
  const { atOnce, perSecond } = plan;
  return table(
    [
      title,
      `${atOnce} callers: /s`,
      'server µs',
      'store µs',
      `${perSecond}/s: p50 ms`,
      'p99 ms',
      'server µs',
      'store µs',
      'others',
    ],
    rows.map(({ name, turns: [full, paced] }) => [
      name,
      ...cells(full, (turn) => [count(turn.perSecond), ...cpu(turn)]),
      ...cells(paced, (turn) => [turn.p50.toFixed(1), turn.p99.toFixed(1), ...cpu(turn)]),
      ...cells(full, ({ others }) => [`${Math.round(others * 100)} %`]),
    ]),
  );
}

function readTable(title: string, rows: readonly TokenReads[]): string {
  return table(
    [title, 'reads/s', 'p50 ms', 'p99 ms', 'CPU µs/read'],
    rows.map(({ tokens, perSecond, p50, p99, cpuMicroseconds }) => [
      `${count(tokens)} stored tokens`,
      count(perSecond),
      p50.toFixed(3),
      p99.toFixed(3),
      cpuMicroseconds.toFixed(0),
    ]),
  );
}

function listTable(title: string, rows: readonly Row[]): string {
  return table(
    [title, 'p50 ms', 'p99 ms', 'CPU ms', 'CPU µs/connector', 'kB', 'others'],
    rows.map(({ name, size, turns: [turn] }) => [
      `${name}, ${count(size)} in the space`,
      ...cells(turn, (each) => [
        each.p50.toFixed(1),
        each.p99.toFixed(1),
        (costOf(each) / 1000).toFixed(1),
        (costOf(each) / size).toFixed(1),
        count(each.bytes / 1000),
        `${Math.round(each.others * 100)} %`,
      ]),
    ]),
  );
}

function neighbourTable(title: string, rows: readonly Row[]): string {
  return table(
    [title, 'p50 ms', 'p99 ms'],
    rows.map(({ name, turns: [turn] }) => [
      name,
      ...cells(turn, ({ p50, p99 }) => [p50.toFixed(1), p99.toFixed(1)]),
    ]),
  );
}

function cpu({ serverCpu, storeCpu }: TurnSummary): string[] {
  return [count(serverCpu), count(storeCpu)];
}

function cells(turn: TurnSummary | undefined, of: (turn: TurnSummary) => string[]): string[] {
  return turn === undefined ? [] : of(turn);
}
