import { StepFailure } from '../failures/step_failure.ts';
import { directRenderer } from '../templates/direct_renderer.mock.ts';
import { TextRenderer } from '../templates/text_renderer.ts';
import type { DataStepScope } from './data_step_scope.ts';
import type { PatternMatcher } from './pattern_matcher.ts';
import { runDataStep } from './run_data_step.ts';
import { searchTexts } from './search_texts.ts';

/** Runs patterns in this process. Tests must only use patterns that end. */
const PATTERNS: PatternMatcher = {
  async match(request) {
    const reply = searchTexts(request);
    if (reply.kind === 'failed') throw new StepFailure(reply.type, reply.message);
    return reply.result;
  },
};

const TEXTS = new TextRenderer({}, directRenderer);

/** Runs one data step in the way that the engine does. */
export function runStep(
  type: string,
  keys: Readonly<Record<string, unknown>>,
  scope: Partial<DataStepScope> = {},
): Promise<unknown> {
  const now = Date.parse('2026-11-29T10:00:00Z');
  return runDataStep(type, keys, {
    texts: TEXTS,
    context: {},
    now,
    patterns: PATTERNS,
    ...scope,
  });
}

/** Type and message of the failure of a step, as one text for comparisons. */
export async function failureOf(step: Promise<unknown>): Promise<string> {
  try {
    return `completed with ${JSON.stringify(await step)}`;
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    return `${error.error.type}: ${error.message}`;
  }
}
