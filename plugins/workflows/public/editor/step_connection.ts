import type { ResponseBody } from '@latchkey/core/public';
import type { StepPlace } from '@latchkey/workflow-language';
import type { preflightWorkflow } from '../../common/index.ts';
import type { Problem } from './text/index.ts';

/**
 * Result of the check of connectors: those that a text uses, and the user's connections to them.
 */
export type Preflight = ResponseBody<typeof preflightWorkflow>;

/** A connector that a text uses, and the steps that use it. */
export type CheckedConnector = Preflight['connectors'][number];

/** A step in the list beside the editor. */
export interface ListedStep {
  readonly place: StepPlace;
  /** The connector of the step. `undefined`: the step needs none, or it is not checked yet. */
  readonly connector: CheckedConnector | undefined;
  /** `true`: the user has to choose a connector, or the workflow of a step that starts one. */
  readonly needsChoice: boolean;
}

/** Rules whose problems are repaired by the choice of a connector or workflow. */
const REPAIRED: ReadonlySet<string> = new Set([
  'connectorNotFound',
  'connectorTypeMismatch',
  'actionNotEnabled',
  'targetWorkflowNotFound',
]);

/** Keys of a step at which these problems are reported. */
const KEYS_OF_CHOICE: ReadonlySet<unknown> = new Set(['connector-id', 'type']);

/** Lists the steps of a text, each with its connector and whether the user has to choose one. */
export function listSteps(
  steps: readonly StepPlace[],
  found: {
    readonly problems: readonly Problem[];
    /**
     * Result of the last preflight. The text may have changed since, so its steps are matched by
     * name and `connector-id`.
     */
    readonly preflight: Preflight | undefined;
  },
): readonly ListedStep[] {
  const toChoose = new Set(
    found.problems
      .filter(({ ruleId }) => REPAIRED.has(ruleId))
      .map(({ path }) => keyOf(pathOfStep(path))),
  );
  return steps.map((place) => {
    const { connectorTypeId, name = '', path } = place;
    if (connectorTypeId === undefined) {
      const needsChoice = place.workflow !== undefined && toChoose.has(keyOf(path));
      return { place, connector: undefined, needsChoice };
    }
    const reference = place.connector?.text ?? '';
    return {
      place,
      needsChoice: toChoose.has(keyOf(path)),
      connector: found.preflight?.connectors.find(
        (each) => each.reference === reference && each.steps.some(({ stepId }) => stepId === name),
      ),
    };
  });
}

/** The range that the choice replaces. `undefined`: the step has none yet. */
export const chosenRange = ({ connector, workflow }: StepPlace) => connector ?? workflow;

function pathOfStep(path: Problem['path']): Problem['path'] {
  if (path.at(-1) === 'workflow-id') return path.slice(0, -2);
  return KEYS_OF_CHOICE.has(path.at(-1)) ? path.slice(0, -1) : path;
}

const keyOf = (path: readonly (string | number)[]): string => path.join('/');
