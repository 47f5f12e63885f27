import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './command.ts';
import {
  listedThreats,
  type NumberedTests,
  numberedTests,
  numberProblems,
  THREATS_PAGE,
  threatProblems,
  withTests,
} from './threat_list.ts';

describe('docs/threats.md', () => {
  const page = readFileSync(join(ROOT, THREATS_PAGE), 'utf8');

  it('lists exactly the numbers at the beginning of test titles', () => {
    // If this fails because a test was moved, run: npm run threat_list
    expect(threatProblems(page, numberedTests(ROOT))).toEqual([]);
  });

  it('has each number once, and in ascending order within each section', () => {
    expect(numberProblems(page)).toEqual([]);
    expect(listedThreats(page).length).toBeGreaterThanOrEqual(117);
  });
});

const PAGE = [
  '# Attacks',
  '| no. | attack or fault | expected result | tests |',
  '| A1 | A forged state. | Refused. | callback, login |',
  '| A2 | A frame. | Refused. | none: needs the web app |',
].join('\n');
const tests = (found: Readonly<Record<string, readonly string[]>>): NumberedTests =>
  new Map(Object.entries(found).map(([id, stems]) => [id, new Set(stems)]));

describe('the check of docs/threats.md', () => {
  it.each([
    [
      'a title with an unlisted number',
      { A1: ['callback', 'login'], A3: ['x'] },
      'x: docs/threats.md does not have A3.',
    ],
    [
      'a listed file without the number',
      { A1: ['callback'] },
      'A1: no title in login has the number.',
    ],
    [
      'tests of a row that lists none',
      { A1: ['callback', 'login'], A2: ['x'] },
      'A2 has tests, but no test is listed.',
    ],
  ])('reports %s', (_, found, problem) => {
    expect(threatProblems(PAGE, tests(found))).toEqual([problem]);
  });

  it('reports numbers that are missing or used twice, and rows in the wrong order', () => {
    const row = (id: string) => `| ${id} | A threat. | Refused. | login |`;
    expect(numberProblems(['A2', 'A1', 'B3', 'B3', 'C5'].map(row).join('\n'))).toEqual([
      'B3, B3: the number is used more than once.',
      'No attack or fault has the number 4.',
      'A1 is listed after A2.',
    ]);
  });

  it('reports a row that says that its test is still to be written', () => {
    const page = PAGE.replace('needs the web app', 'not tested yet');
    expect(threatProblems(page, tests({ A1: ['callback', 'login'] }))).toEqual([
      'A2: no test has the number, and no reason is given.',
    ]);
  });

  it('reports a wrong next free number, which the list corrects', () => {
    const page = `The next free number (2).\n${PAGE}`;
    expect(numberProblems(page)).toEqual(['The next free number is 3.']);
    expect(withTests(page, tests({}))).toContain('The next free number (3).');
  });

  it('accepts more tests with a number than the page lists files', () => {
    expect(threatProblems(PAGE, tests({ A1: ['callback', 'login', 'more'] }))).toEqual([]);
  });
});

it('the threat list gets the current test files in its last column and keeps reasons for missing tests', () => {
  const written = withTests(PAGE, tests({ A1: ['login', 'form'] })).split('\n');
  expect(written.slice(2)).toEqual([
    '| A1 | A forged state. | Refused. | form, login |',
    '| A2 | A frame. | Refused. | none: needs the web app |',
  ]);
});

it('the threat list names a test file by its path if another test file has the same stem', () => {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-threats-'));
  mkdirSync(join(root, 'scripts', 'inner'), { recursive: true });
  writeFileSync(join(root, 'scripts', 'login.test.ts'), "it('A1: refuses a state', …)");
  writeFileSync(join(root, 'scripts', 'inner', 'login.integration.test.ts'), 'no number');
  const found = numberedTests(root);
  rmSync(root, { recursive: true });
  expect(found).toEqual(tests({ A1: ['scripts/login.test.ts'] }));
});

it('the threat list reads the tests of the web app', () => {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-threats-'));
  mkdirSync(join(root, 'plugins'));
  writeFileSync(join(root, 'plugins', 'waits.test.tsx'), "it('A1: names the user', …)");
  const found = numberedTests(root);
  rmSync(root, { recursive: true });
  expect(found).toEqual(tests({ A1: ['waits'] }));
});

it('the threat list reads only numbers at the beginning of a title, which may have several', () => {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-threats-'));
  mkdirSync(join(root, 'scripts'));
  const titles = [
    "it('A1, A2: refuses a state', …)",
    '["G82 G83: sends one request"]',
    "it('A3 is another word', …)",
    "'in the words of A4: x'",
  ];
  writeFileSync(join(root, 'scripts', 'callback.integration.test.ts'), titles.join('\n'));
  const found = numberedTests(root);
  rmSync(root, { recursive: true });
  expect(found).toEqual(
    tests({ A1: ['callback'], A2: ['callback'], G82: ['callback'], G83: ['callback'] }),
  );
});
