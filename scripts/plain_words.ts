import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './command.ts';
import { checkDocument, checkSource } from './plain_words/check_source.ts';

/** Files that list the banned words themselves. */
const LISTS = [
  'docs/glossary.md',
  'scripts/plain_words/banned_words.ts',
  'scripts/plain_words/check_source.test.ts',
];
const MAX_SHOWN = 50;

const paths = process.argv.slice(2);
const tracked = execFileSync(
  'git',
  ['ls-files', '-z', '--', ...(paths.length > 0 ? paths : ['.'])],
  {
    cwd: ROOT,
    encoding: 'utf8',
  },
)
  .split('\0')
  .filter((file) => /\.(?:ts|tsx|md)$/.test(file) && !LISTS.includes(file));

const lines: string[] = [];
// A file that was deleted, but is still in the index, has no text.
for (const file of tracked.filter((name) => existsSync(join(ROOT, name)))) {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const findings = file.endsWith('.md') ? checkDocument(text) : checkSource(file, text);
  for (const { line, message } of findings) lines.push(`${file}:${line} ${message}`);
}
const shown = paths.length > 0 ? lines : lines.slice(0, MAX_SHOWN);
for (const line of shown) console.log(line);
if (lines.length > shown.length) console.log(`… and ${lines.length - shown.length} more`);
console.log(`${lines.length} findings in ${tracked.length} files`);
process.exitCode = lines.length === 0 ? 0 : 1;
