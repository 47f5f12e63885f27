import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT, runCaptured } from './command.ts';

/**
 * Rules whose violations are only warnings, because older code breaks them: functions with more
 * than three parameters, and files with more than 400 lines. The number of warnings must not
 * increase.
 */
const RULES = ['complexity/useMaxParams', 'style/noExcessiveLinesPerFile'] as const;
const FILE = join('scripts', 'lint_warnings.json');

/** Number of warnings by rule. */
export type WarningCounts = Readonly<Record<string, number>>;

const report = z.object({ diagnostics: z.array(z.object({ category: z.string() })) });

/**
 * Counts the warnings in a JSON report of Biome, by rule. The count of a rule without warnings is
 * 0.
 */
export function countsIn(output: string): WarningCounts {
  const { diagnostics } = report.parse(JSON.parse(output));
  const counts = (rule: string) =>
    diagnostics.filter(({ category }) => category === `lint/${rule}`).length;
  return Object.fromEntries(RULES.map((rule) => [rule, counts(rule)]));
}

/** Returns a sentence for each rule with more warnings than recorded. */
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
  // Biome may print notes about the format before and after the report.
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
