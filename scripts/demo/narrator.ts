/** One row of the final table. */
interface Row {
  readonly step: string;
  readonly who: string;
  readonly status: string;
  readonly ms: number;
  readonly outcome: string;
  readonly ok: boolean;
}

/** Text and outcome of a step, which the demo prints. */
export interface StepResult {
  /** HTTP status of the relevant request. `undefined`: the step sent none. */
  readonly status?: number | undefined;
  /** Short description of the result. */
  readonly saw: string;
  /** `true`: the result is the expected one. */
  readonly ok: boolean;
}

/** Prints the steps as they run, and a table at the end. */
export class Narrator {
  readonly #rows: Row[] = [];

  printHeading(title: string): void {
    console.log(`\n${title}`);
  }

  /** Runs one step. An exception makes the step fail; the demo continues. */
  async step(step: string, who: string, act: () => Promise<StepResult>): Promise<void> {
    const startedAt = performance.now();
    let result: StepResult;
    try {
      result = await act();
    } catch (error) {
      result = { saw: error instanceof Error ? error.message : String(error), ok: false };
    }
    const row: Row = {
      step,
      who,
      status: result.status === undefined ? '' : String(result.status),
      ms: Math.round(performance.now() - startedAt),
      outcome: result.saw,
      ok: result.ok,
    };
    this.#rows.push(row);
    const status = row.status === '' ? '' : `HTTP ${row.status}, `;
    console.log(
      `  ${row.ok ? '✓' : '✗'} ${who.padEnd(5)} ${step}: ${row.outcome} (${status}${row.ms} ms)`,
    );
  }

  get failed(): number {
    return this.#rows.filter(({ ok }) => !ok).length;
  }

  /** Prints the table of all steps. */
  printTable(): void {
    const head = ['', 'Who', 'Step', 'HTTP', 'ms', 'Seen'];
    const lines = this.#rows.map(({ ok, who, step, status, ms, outcome }) => [
      ok ? '✓' : '✗',
      who,
      step,
      status,
      String(ms),
      outcome,
    ]);
    const widths = head.map((title, column) =>
      Math.max(...[head, ...lines].map((line) => (line[column] ?? title).length)),
    );
    const print = (line: readonly string[]): void =>
      console.log(
        line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
      );
    console.log('');
    print(head);
    print(widths.map((width) => '─'.repeat(width)));
    for (const line of lines) print(line);
  }
}
