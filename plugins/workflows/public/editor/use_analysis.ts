import { useCore } from '@latchkey/core/public';
import {
  type Diagnostic,
  isRecord,
  type StepPlace,
  stepPlaces,
  validateWorkflow,
} from '@latchkey/workflow-language';
import { useEffect, useRef, useState } from 'react';
import type { LanguageData } from './text/index.ts';

/** Problems and steps of a text. */
export interface Analysis {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  /** `true`: the text has more diagnostics than are listed. */
  readonly isTruncated: boolean;
  readonly steps: readonly StepPlace[];
  /** `true`: a trigger of the text is a schedule. */
  readonly isScheduled: boolean;
}

/** Pause between a change and the analysis, in milliseconds. */
const PAUSE_MS = 40;
/**
 * Maximum pause, in milliseconds. A text whose analysis is slow is analyzed when the user stops
 * typing.
 */
const MAX_PAUSE_MS = 1_000;

/** Finds the problems and the steps of a text. */
export function analyze(text: string, language: LanguageData): Analysis {
  const { diagnostics, truncated, document } = validateWorkflow(text, language);
  return {
    text,
    diagnostics,
    isTruncated: truncated,
    steps: stepPlaces(text, language.registry),
    isScheduled: hasSchedule(document),
  };
}

function hasSchedule(document: unknown): boolean {
  const triggers = isRecord(document) ? document['triggers'] : undefined;
  return (
    Array.isArray(triggers) &&
    triggers.some((trigger) => isRecord(trigger) && trigger['type'] === 'scheduled')
  );
}

/**
 * Analyzes a text shortly after each change. If the last analysis was slow, the pause before the
 * next is longer, so that typing stays fluent.
 * @param language step types and connectors; `undefined`: not known yet
 * @returns analysis of the text or of an earlier one; `undefined`: there is none yet
 */
export function useAnalysis(
  text: string,
  language: LanguageData | undefined,
): Analysis | undefined {
  const { clock } = useCore();
  const [analysis, setAnalysis] = useState<Analysis>();
  /** Duration of the last analysis in milliseconds. */
  const lastMs = useRef(0);
  useEffect(() => {
    if (language === undefined) return undefined;
    const run = () => {
      const start = performance.now();
      setAnalysis(analyze(text, language));
      lastMs.current = performance.now() - start;
    };
    return clock.after(Math.min(MAX_PAUSE_MS, Math.max(PAUSE_MS, 3 * lastMs.current)), run);
  }, [text, language, clock]);
  return analysis;
}
