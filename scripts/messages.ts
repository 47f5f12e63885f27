import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './arguments.ts';
// These files are imported directly, because the index of the folder loads Vite and Chromium's
// driver.
import { messageProblems, type Translations } from './browser/check_messages.ts';
import { readSourceMessages } from './browser/messages.ts';
import { ROOT } from './command.ts';

const USAGE = `Compares the German translations of the web app with the messages in its sources.

  npm run messages [-- --write]

  --write  sorts the translations, removes those without message and adds missing ones in English

It reports missing translations, translations without message, other arguments than in English, and
texts in components that are not messages.
`;
const FILE = 'packages/core/public/i18n/translations/de.json';

const { values } = readArguments(USAGE, {
  options: {
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const path = join(ROOT, FILE);
const source = readSourceMessages(ROOT);
const translations: Translations = JSON.parse(readFileSync(path, 'utf8'));
if (values.write) {
  const english = new Map(source.messages.map(({ id, text }) => [id, text]));
  const missing = [...english.keys()].filter((id) => !(id in translations)).sort();
  const entries = [...english.keys()].sort().map((id) => [id, translations[id] ?? english.get(id)]);
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`);
  for (const id of missing) console.log(`Translate [${id}]: ${english.get(id)}`);
} else {
  const problems = messageProblems(source, translations);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(`\n${problems.length} problems. Translations are in ${FILE}.`);
    process.exitCode = 1;
  }
}
