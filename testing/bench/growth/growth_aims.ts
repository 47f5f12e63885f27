import { costOf, type Row } from '../load/rounds.ts';
import { type Aim, signed } from '../report/aims.ts';
import { count } from '../report/table.ts';
import type { StoreGrowth } from './measure_growth.ts';

/** Maximum growth with which the aim of the project is met. */
const FLAT = 0.1;

/**
 * Compares CPU times with the aims. CPU time depends less on other work of the machine than
 * latency.
 */
export function evaluateGrowth({ store, executions, reads, processes, lists }: StoreGrowth): Aim[] {
  return [
    aim(
      `${store}: an execution costs the same with ${span(executions)} stored tokens`,
      ends(executions.map((row) => costOf(row.turns[0]))),
    ),
    aim(
      `${store}: a token read costs the same with ${count(reads[0]?.tokens ?? 0)} to ${count(reads.at(-1)?.tokens ?? 0)} stored tokens`,
      ends(reads.map(({ cpuMicroseconds }) => cpuMicroseconds)),
    ),
    aim(
      `${store}: an execution costs the same in ${span(processes)} processes`,
      ends(processes.map((row) => costOf(row.turns[0]))),
    ),
    aim(
      `${store}: my status of 50 costs the same among ${span(lists.page)} connectors`,
      // A space with ten connectors cannot fill a page of fifty, so it is left out.
      ends(lists.page.filter((row) => row.size >= 50).map((row) => costOf(row.turns[0]))),
    ),
    aim(
      `${store}: a connector of a list costs no more in a longer list`,
      ends(
        lists.list
          .filter((row) => row.size >= 50)
          .map((row) => costOf(row.turns[0]) / Math.max(1, row.size)),
      ),
    ),
  ];
}

function aim(text: string, [least, highest]: readonly [number, number]): Aim {
  const growth = highest / least - 1;
  return {
    aim: text,
    measured: `${signed(growth)} (${least.toFixed(0)} to ${highest.toFixed(0)} µs)`,
    met: growth <= FLAT,
  };
}

function ends(values: readonly number[]): readonly [number, number] {
  return [values[0] ?? Number.NaN, values.at(-1) ?? Number.NaN];
}

function span(rows: readonly Row[]): string {
  return `${count(rows[0]?.size ?? 0)} to ${count(rows.at(-1)?.size ?? 0)}`;
}
