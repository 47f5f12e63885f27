import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord, ownProperty, StepRegistry, type StepType } from '@latchkey/workflow-language';
import { readArguments } from './arguments.ts';
import { ROOT } from './command.ts';
import { markdownTable } from './markdown_table.ts';

/** Path of the page that contains the table of step types. */
export const WORKFLOWS_PAGE = join('docs', 'workflows.md');

const BEGIN = '<!-- begin of the generated table of step types: npm run step_table -->';
const END = '<!-- end of the generated table -->';

/**
 * Returns the page with a table of the step types that the registry has now.
 * @throws Error when the page lacks one of the two marks
 */
export function withStepTable(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(
      `${WORKFLOWS_PAGE} lacks the begin or the end mark of the table of step types.`,
    );
  return `${before}${BEGIN}\n\n${stepTable()}\n\n${END}${after}`;
}

/** Returns a table of all built-in step types and their keys. Required keys are bold. */
function stepTable(): string {
  const rows = new StepRegistry()
    .list()
    .map((step) => [
      `\`${step.type}\``,
      [...keysOf(step.keys), ...step.nested.flatMap(nestedKey(step))].join(', '),
      keysOf(ownProperty(ownProperty(step.keys, 'properties'), 'with')).join(', '),
      step.common.map((key) => `\`${key}\``).join(', '),
    ]);
  return markdownTable(['type', 'own keys', 'keys of `with`', 'common keys'], rows);
}

/** Names of the keys of a JSON Schema. Required keys are bold. */
export function keysOf(schema: unknown): readonly string[] {
  const properties = ownProperty(schema, 'properties');
  const required = ownProperty(schema, 'required');
  const names = Array.isArray(required) ? required : [];
  if (!isRecord(properties)) return [];
  return Object.keys(properties).map((key) =>
    names.includes(key) ? `**\`${key}\`**` : `\`${key}\``,
  );
}

/** Keys with steps, which the schema of a step does not have. */
const nestedKey =
  ({ keys }: StepType) =>
  (path: readonly string[]): readonly string[] => {
    const [key = ''] = path;
    const known = ownProperty(ownProperty(keys, 'properties'), key);
    return path.length === 1 && known === undefined ? [`\`${key}\``] : [];
  };

if (import.meta.main) {
  readArguments(
    `Writes the table of all built-in step types into ${WORKFLOWS_PAGE}.

  npm run step_table
`,
    { options: { help: { type: 'boolean', default: false } } },
  );
  const path = join(ROOT, WORKFLOWS_PAGE);
  writeFileSync(path, withStepTable(readFileSync(path, 'utf8')));
}
