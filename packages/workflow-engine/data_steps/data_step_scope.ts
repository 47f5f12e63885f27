import { ConditionError, type TemplateContext, TemplateError } from '@latchkey/workflow-language';
import { StepFailure } from '../failures/step_failure.ts';
import type { TextRenderer } from '../templates/text_renderer.ts';
import type { PatternMatcher } from './pattern_matcher.ts';

/** The parts of a run that its `data.*` steps use. */
export interface DataStepScope {
  readonly texts: TextRenderer;
  readonly context: TemplateContext;
  /** Current time in milliseconds since 1970, for date math in conditions. */
  readonly now: number;
  readonly patterns: PatternMatcher;
  /** Ends steps that render many members. Such a step then throws the reason of the signal. */
  readonly signal?: AbortSignal;
}

/**
 * Converts an error of a value that was rendered for one member to a StepFailure that names the
 * member. Other errors are returned unchanged.
 */
export function memberFailure(path: string, index: number, error: unknown): unknown {
  if (error instanceof TemplateError) {
    const message = `\`${path}\` cannot be rendered for item ${index}: ${error.message}`;
    return new StepFailure('TemplateError', message);
  }
  if (error instanceof ConditionError) {
    const message = `\`${path}\` cannot be evaluated for item ${index}: ${error.message}`;
    return new StepFailure('InvalidCondition', message);
  }
  return error;
}
