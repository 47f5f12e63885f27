import { useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useIntl } from 'react-intl';
import {
  type WorkflowConnectors,
  workflowConnectorsQuery,
  workflowNamesQuery,
} from '../workflow_data/index.ts';
import type { Placeholder } from './code/index.ts';
import { chosenRange, type ListedStep, listSteps } from './step_connection.ts';
import type { Problem } from './text/index.ts';
import { type LanguageData, problemText, toLanguageData } from './text/index.ts';
import { useAnalysis } from './use_analysis.ts';
import { useServerChecks } from './use_server_checks.ts';

/** Results of all checks of the text of an editor. */
export interface TextChecks {
  /** Step types and connectors of the server. `undefined`: not loaded. */
  readonly types: WorkflowConnectors | undefined;
  /** Data for checks and completions in the browser. `undefined`: not loaded. */
  readonly language: LanguageData | undefined;
  /** Problems of the text. `undefined`: the text was not checked yet. */
  readonly problems: readonly Problem[] | undefined;
  /** `true`: there are more problems than are listed. */
  readonly isTruncated: boolean;
  /** Steps of the text. `undefined`: the text was not checked yet. */
  readonly steps: readonly ListedStep[] | undefined;
  /** `true`: a trigger of the text is a schedule. */
  readonly isScheduled: boolean;
  /** Texts in place of connectors and workflows that the user has to choose. */
  readonly placeholders: readonly Placeholder[];
  /** Requests the user's connections again. */
  readonly checkAgain: () => void;
}

/** Begin of the types of steps that start a workflow. */
const STARTS_WORKFLOW = 'workflow.execute';

const NO_PROBLEMS: readonly Problem[] = [];

/** Checks a text in the browser while the user types, and on the server after a pause. */
export function useTextChecks(text: string): TextChecks {
  const { http } = useCore();
  const intl = useIntl();
  const { data: types } = useQuery(workflowConnectorsQuery(http));
  const known = useMemo(() => types && toLanguageData(types), [types]);
  const analysis = useAnalysis(text, known);
  const startsWorkflows = analysis?.steps.some(({ type }) => type?.startsWith(STARTS_WORKFLOW));
  const { data: names } = useQuery({
    ...workflowNamesQuery(http, ''),
    enabled: startsWorkflows === true,
  });
  const language = useMemo(
    () => known && (names ? { ...known, workflowNames: names.workflows } : known),
    [known, names],
  );
  const { problems: ofServer, preflight, checkAgain } = useServerChecks(text);
  const found: readonly Problem[] | undefined = ofServer ?? analysis?.diagnostics;
  const problems = useMemo(
    () => found?.map((problem) => ({ ...problem, message: problemText(intl, problem) })),
    [found, intl],
  );
  const steps = useMemo(
    () => analysis && listSteps(analysis.steps, { problems: problems ?? NO_PROBLEMS, preflight }),
    [analysis, problems, preflight],
  );
  const placeholders = useMemo(() => placeholdersOf(steps ?? []), [steps]);
  return {
    types,
    language,
    problems,
    isTruncated: analysis?.isTruncated === true,
    isScheduled: analysis?.isScheduled === true,
    steps,
    placeholders,
    checkAgain,
  };
}

/** Texts that the user has to replace by the choice of a connector or workflow. */
export function placeholdersOf(steps: readonly ListedStep[]): readonly Placeholder[] {
  return steps.flatMap(({ place, needsChoice }) => (needsChoice ? placeholderAt(place) : []));
}

function placeholderAt(place: ListedStep['place']): readonly Placeholder[] {
  const range = chosenRange(place);
  if (range === undefined) return [];
  const kind = place.connectorTypeId === undefined ? 'workflow' : 'connector';
  return [{ from: range.start, to: range.end, kind }];
}
