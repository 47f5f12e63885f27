import type { Aim, Measurements, Throughput } from './aims.ts';

const MEGABYTE = 1024 * 1024;

/**
 * Returns the results of a run as Markdown tables, for the terminal and for
 * `testing/bench/README.md`.
 */
export function renderTables(run: Measurements, aims: readonly Aim[]): string {
  const { reads, memory } = run;
  return [
    table(
      ['16 connections', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs/request'],
      [run.upstream, run.bareProxy, run.axiosProxy, run.axios, run.few, run.many].map(
        throughputRow,
      ),
    ),
    table(
      ['token reads in process', 'reads/s', 'p50 ms', 'p99 ms'],
      [reads.few, reads.many].map(({ tokens, perSecond, p50, p99 }) => [
        `${count(tokens)} stored tokens`,
        count(perSecond),
        p50.toFixed(3),
        p99.toFixed(3),
      ]),
    ),
    table(
      ['memory after executions', 'live heap MB', 'external MB', 'RSS MB'],
      memory.map(({ executions, heapUsed, external, rss }) => [
        count(executions),
        ...[heapUsed, external, rss].map((bytes) => (bytes / MEGABYTE).toFixed(1)),
      ]),
    ),
    aimTable(aims),
  ].join('\n\n');
}

function throughputRow({ name, perSecond, p50, p99, serverCpu }: Throughput): string[] {
  return [name, count(perSecond), p50.toFixed(1), p99.toFixed(1), count(serverCpu)];
}

/** Returns a table of the aims, and whether a run meets them. */
export function aimTable(aims: readonly Aim[]): string {
  return table(
    ['aim', 'measured', ''],
    aims.map(({ aim, measured, met }) => [aim, measured, met ? 'met' : 'missed']),
  );
}

/** Formats a number with thousands separators. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Returns a Markdown table. The first column is aligned left, the others right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
