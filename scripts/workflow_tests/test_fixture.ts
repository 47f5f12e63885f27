import { diff } from 'node:util';
import {
  compareFixture,
  type FixtureDifference,
  replayFixture,
  WorkerPatternMatcher,
  WorkerTemplateRenderer,
  type WorkflowFixture,
} from '@latchkey/workflow-engine';
import { compileWorkflow, StepRegistry, validateWorkflow } from '@latchkey/workflow-language';

/** Schema of the input of every action. Fixtures do not describe inputs. */
const ANY_INPUT = { type: 'object', additionalProperties: true } as const;
/**
 * Maximum lines of a value that is shown completely. Of a larger value, equal lines are left out.
 */
const MAX_WHOLE_LINES = 30;

/** Differences that a replay has found, in lines for a terminal. Empty: the fixture passed. */
export type Problems = readonly string[];

/**
 * Replays a fixture and compares the result with the recorded one.
 * @param workflow YAML that is tested instead of the one of the fixture
 */
export async function testFixture(fixture: WorkflowFixture, workflow?: string): Promise<Problems> {
  const registry = new StepRegistry(
    fixture.actions.map((action) => ({
      ...action,
      connectorTypeName: action.connectorTypeId,
      description: '',
      input: ANY_INPUT,
    })),
  );
  const { valid, diagnostics, document } = validateWorkflow(workflow ?? fixture.workflow, {
    registry,
  });
  if (!valid)
    return diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ line, column, message }) => `workflow ${line}:${column} ${message}`);
  const patterns = new WorkerPatternMatcher();
  const templates = new WorkerTemplateRenderer();
  try {
    const program = compileWorkflow(document, registry);
    const replayed = await replayFixture(program, fixture, {
      patterns: patterns.forUser('test'),
      templates: templates.forUser('test'),
    });
    return compareFixture(fixture, replayed).flatMap(linesOf);
  } finally {
    await Promise.all([patterns.close(), templates.close()]);
  }
}

function linesOf({ what, expected, actual }: FixtureDifference): readonly string[] {
  const changes = diff(jsonLines(actual), jsonLines(expected));
  const isWhole = changes.length <= MAX_WHOLE_LINES;
  const shown = changes.filter(([kind]) => isWhole || kind !== 0);
  return [what, ...shown.map(([kind, line]) => `${MARKS[kind + 1]} ${line}`)];
}

/** Marks of lines that are only expected, in both values, or only actual. */
const MARKS = ['-', ' ', '+'] as const;

function jsonLines(value: unknown): string[] {
  return (JSON.stringify(value, null, 2) ?? '(absent)').split('\n');
}
