/** One line of the closing table. */
interface Row {
  readonly step: string;
  readonly who: string;
  readonly status: string;
  readonly ms: number;
  readonly outcome: string;
  readonly ok: boolean;
}

/** What a step found out. */
export interface StepResult {
  /** HTTP status of the request that mattered; `undefined`: the step made none. */
  readonly status?: number | undefined;
  /** A few words: what was seen. */
  readonly saw: string;
  /** Whether that is what should be seen. */
  readonly ok: boolean;
}

/** Tells the story as it happens and sums it up at the end. */
export class Narrator {
  readonly #rows: Row[] = [];

  chapter(title: string): void {
    console.log(`\n${title}`);
  }

  /** Runs one step; a thrown error is a failed step, not the end of the story. */
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

  /** The table of all steps. */
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
