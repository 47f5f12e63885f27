// Entry file of a process for tests. It returns its data with each text, never ends for the text
// `endless`, uses all memory for `large`, and exits for `exit`.
import { serveRequests } from './serve_requests.ts';

interface Echo {
  readonly text: string;
  readonly data: unknown;
  readonly processId: number;
  readonly environment: readonly string[];
}

serveRequests<string, Echo, unknown>((data) => (text) => {
  const values: number[] = [];
  for (;;) {
    if (text === 'endless') continue;
    if (text === 'large') {
      for (let value = 0; ; value += 1) values.push(value + 0.5);
    }
    if (text === 'exit') process.exit(3);
    const result = { text, data, processId: process.pid, environment: Object.keys(process.env) };
    return { kind: 'result', result };
  }
});
