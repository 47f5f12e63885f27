import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from './command.ts';

/** The page that lists the numbered attacks and faults. */
export const THREATS_PAGE = join('docs', 'threats.md');

/** Folders that may contain numbered tests. Missing ones are skipped. */
const TESTED = '{packages,plugins,examples,scripts,testing}/**/*.{ts,tsx}';

const TEST_FILE = /\.test\.tsx?$/;

/** Matches the numbers at the beginning of a title: `G82, G83: sends one request`. */
const NUMBERED_TITLE = /(?<=['"`])[A-J]\d{1,3}(?:(?:,| and)? [A-J]\d{1,3})*(?=: )/g;

/** Matches a row: number, attack or fault, expected result, test files. */
const ROW = /^\| ([A-J]\d{1,3}) \| (.+?) \| (.+?) \| (.+?) \|$/;

/** Matches the number of the next threat in the text of the page. */
const NEXT_NUMBER = /(?<=next free number \()\d+(?=\))/;

/**
 * Text in place of test files in a row that was added before its test exists. The check reports
 * such rows.
 */
const NOT_TESTED_YET = 'not tested yet';

/** A numbered attack or fault as the page lists it. */
export interface ListedThreat {
  /** Letter of the section and number of the threat: `A14`. */
  readonly id: string;
  /** Names of test files as in {@link NumberedTests}. Empty: {@link untested} has the reason. */
  readonly tests: readonly string[];
  /** Reason why no test has the number. `undefined`: some tests have it. */
  readonly untested: string | undefined;
}

/**
 * Files with numbered titles, by number. The name of a file is its stem, `callback_attacks`, or its
 * path if another test file has the same stem.
 */
export type NumberedTests = ReadonlyMap<string, ReadonlySet<string>>;

/** Finds the numbers at the beginning of all test titles below `root`. */
export function numberedTests(root: string): NumberedTests {
  const found = new Map<string, Set<string>>();
  const files = filesWithNumbers(root);
  const stems = Map.groupBy(files, ({ file }) => stemOf(file));
  for (const { file, ids } of files) {
    const stem = stemOf(file);
    const name = stems.get(stem)?.length === 1 ? stem : file;
    for (const id of ids) found.set(id, (found.get(id) ?? new Set()).add(name));
  }
  return found;
}

/**
 * Returns all test files, including those without numbers, and other files with numbered titles.
 */
function filesWithNumbers(
  root: string,
): readonly { readonly file: string; readonly ids: readonly string[] }[] {
  const exclude = ['**/node_modules/**', '**/threat_list*'];
  return globSync(TESTED, { cwd: root, exclude })
    .map((file) => ({ file, ids: numbersIn(readFileSync(join(root, file), 'utf8')) }))
    .filter(({ file, ids }) => ids.length > 0 || TEST_FILE.test(file));
}

const numbersIn = (source: string): readonly string[] =>
  [...source.matchAll(NUMBERED_TITLE)].flatMap(([numbers]) => numbers.match(/[A-J]\d+/g) ?? []);

/** Returns the rows of the page in their order. */
export function listedThreats(page: string): readonly ListedThreat[] {
  return page.split('\n').flatMap((line) => {
    const [, id, , , tests = ''] = ROW.exec(line) ?? [];
    if (id === undefined) return [];
    const untested = tests.startsWith('none: ') ? tests.slice('none: '.length) : undefined;
    return [{ id, tests: untested === undefined ? tests.split(', ') : [], untested }];
  });
}

/**
 * Returns all contradictions between the page and the tests, one sentence each: a title with a
 * number that the page does not have, a test file on the page without the number, a row without
 * tests although tests have its number, and a row whose test is still to be written.
 */
export function threatProblems(page: string, tests: NumberedTests): readonly string[] {
  const threats = new Map(listedThreats(page).map((threat) => [threat.id, threat]));
  const unknown = [...tests].flatMap(([id, stems]) =>
    threats.has(id) ? [] : [`${[...stems].join(', ')}: ${THREATS_PAGE} does not have ${id}.`],
  );
  const wrong = [...threats.values()].flatMap(({ id, tests: stems, untested }) => {
    const actual = tests.get(id) ?? new Set();
    if (untested !== undefined && actual.size > 0)
      return [`${id} has tests, but no test is listed.`];
    if (untested === NOT_TESTED_YET)
      return [`${id}: no test has the number, and no reason is given.`];
    return stems
      .filter((stem) => !actual.has(stem))
      .map((stem) => `${id}: no title in ${stem} has the number.`);
  });
  return [...unknown, ...wrong];
}

/**
 * Returns the numbers that are missing or used twice, rows that are not in the order of their
 * numbers, and a wrong next free number. A new threat gets the next number, in the section to which
 * it belongs.
 */
export function numberProblems(page: string): readonly string[] {
  const ids = listedThreats(page).map(({ id }) => id);
  const byNumber = Map.groupBy(ids, numberOf);
  const numbers = Array.from({ length: Math.max(0, ...byNumber.keys()) }, (_, at) => at + 1);
  const counts = numbers.flatMap((number) => {
    const used = byNumber.get(number) ?? [];
    if (used.length === 0) return [`No attack or fault has the number ${number}.`];
    return used.length === 1 ? [] : [`${used.join(', ')}: the number is used more than once.`];
  });
  const order = ids.flatMap((id, at) => {
    const before = ids[at - 1];
    const isSameSection = before?.[0] === id[0];
    return isSameSection && numberOf(before ?? '') > numberOf(id)
      ? [`${id} is listed after ${before}.`]
      : [];
  });
  const next = numbers.length + 1;
  const stated = NEXT_NUMBER.exec(page)?.[0];
  const isStale = stated !== undefined && Number(stated) !== next;
  return [...counts, ...order, ...(isStale ? [`The next free number is ${next}.`] : [])];
}

const numberOf = (id: string): number => Number(id.slice(1));

/**
 * Returns the page with the current test files in its last column, and with the next free number.
 * Reasons of untested rows stay.
 */
export function withTests(page: string, tests: NumberedTests): string {
  const used = listedThreats(page).map(({ id }) => numberOf(id));
  return page
    .replace(NEXT_NUMBER, String(Math.max(0, ...used) + 1))
    .split('\n')
    .map((line) => {
      const [, id, threat, expected, listed = ''] = ROW.exec(line) ?? [];
      if (id === undefined) return line;
      const stems = [...(tests.get(id) ?? [])].sort();
      const reason = listed.startsWith('none: ') ? listed : `none: ${NOT_TESTED_YET}`;
      const last = stems.length === 0 ? reason : stems.join(', ');
      return `| ${id} | ${threat} | ${expected} | ${last} |`;
    })
    .join('\n');
}

const stemOf = (file: string): string =>
  basename(file)
    .replace(/(\.\w+)?\.tsx?$/, '')
    .replace(/\.integration$/, '');

if (import.meta.main) {
  const file = join(ROOT, THREATS_PAGE);
  const page = readFileSync(file, 'utf8');
  const tests = numberedTests(ROOT);
  if (process.argv.includes('--check')) {
    const problems = [...numberProblems(page), ...threatProblems(page, tests)];
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) {
      console.error('After a test was moved or renamed, run: npm run threat_list');
      process.exitCode = 1;
    }
  } else {
    writeFileSync(file, withTests(page, tests));
  }
}
