import type { WorkflowFixture } from '@latchkey/workflow-engine';
import { workflowFixture } from '@latchkey/workflows-plugin/common';
import { parse } from 'yaml';

/** The error when a text is not a fixture, or a file cannot be read. */
export class FixtureError extends Error {}

/**
 * Reads a fixture, as JSON or YAML.
 * @throws FixtureError
 */
export function readFixture(text: string): WorkflowFixture {
  const { success, data, error } = workflowFixture.safeParse(parsed(text));
  if (!success) {
    const [issue] = error.issues;
    throw new FixtureError(
      `The file is not a fixture: [${issue?.path.join('.')}] ${issue?.message}`,
    );
  }
  // The members that the schema allows as `undefined` are removed.
  return JSON.parse(JSON.stringify(data));
}

function parsed(text: string): unknown {
  try {
    return text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text);
  } catch (error) {
    throw new FixtureError(
      `The fixture is neither JSON nor YAML: ${error instanceof Error ? error.message : ''}`,
    );
  }
}
