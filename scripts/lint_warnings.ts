import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT, runCaptured } from './command.ts';

/**
 * Rules that only warn, because older code does not keep them: functions with more than three
 * parameters and files above 400 lines. Their number may only fall.
 */
const RULES = ['complexity/useMaxParams', 'style/noExcessiveLinesPerFile'] as const;
const FILE = join('scripts', 'lint_warnings.json');

/** Number of warnings by rule. */
export type WarningCounts = Readonly<Record<string, number>>;

const report = z.object({ diagnostics: z.array(z.object({ category: z.string() })) });

/** Counts the diagnostics in a JSON report of Biome. A rule without any counts as 0. */
export function countsIn(output: string): WarningCounts {
  const { diagnostics } = report.parse(JSON.parse(output));
  const counts = (rule: string) =>
    diagnostics.filter(({ category }) => category === `lint/${rule}`).length;
  return Object.fromEntries(RULES.map((rule) => [rule, counts(rule)]));
}

/** Rules with more warnings than recorded, one sentence each. */
export function increases(counts: WarningCounts, recorded: WarningCounts): readonly string[] {
  return Object.entries(counts).flatMap(([rule, count]) => {
    const allowed = recorded[rule] ?? 0;
    return count <= allowed
      ? []
      : [
          `${rule}: ${count} warnings, ${allowed} are recorded in ${FILE}. ` +
            'List them with: npm run lint -- --diagnostic-level=warn',
        ];
  });
}

if (import.meta.main) {
  const only = RULES.map((rule) => `--only=${rule}`);
  const { output } = await runCaptured('biome', [
    'lint',
    ...only,
    '--reporter=json',
    '--max-diagnostics=none',
    '.',
  ]);
  // Notes about the format of the report may surround it.
  const counts = countsIn(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1));
  const recorded = z.record(z.string(), z.number()).parse(read());
  const found = increases(counts, recorded);
  for (const sentence of found) console.error(sentence);
  if (found.length > 0) process.exitCode = 1;
  else if (!process.argv.includes('--check')) {
    writeFileSync(join(ROOT, FILE), `${JSON.stringify(counts, null, 2)}\n`);
  }
}

function read(): unknown {
  return JSON.parse(readFileSync(join(ROOT, FILE), 'utf8'));
}
