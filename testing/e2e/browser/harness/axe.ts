import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** The workspace that depends on axe, for the stories. */
const SCRIPTS = join(import.meta.dirname, '..', '..', '..', '..', 'scripts', 'package.json');
const OPTIONS = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
  resultTypes: ['violations'],
};

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Violations of accessibility rules on a page, as `rule: element`. Empty: none. */
export async function runAxe(page: Page): Promise<readonly string[]> {
  // Not by a script element, which the content security policy forbids.
  await page.evaluate(readFileSync(createRequire(SCRIPTS).resolve('axe-core'), 'utf8'));
  const { violations } = await page.evaluate<{ readonly violations: readonly Violation[] }>(
    `axe.run(${JSON.stringify(OPTIONS)})`,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
