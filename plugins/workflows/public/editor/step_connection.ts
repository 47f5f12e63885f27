import type { ResponseBody } from '@latchkey/core/public';
import type { StepPlace } from '@latchkey/workflow-language';
import type { preflightWorkflow } from '../../common/index.ts';
import type { Problem } from './text/index.ts';

/** Connectors of a text, and the connections of the user to them. */
export type Preflight = ResponseBody<typeof preflightWorkflow>;

/** A connector of a text with the steps that use it. */
export type CheckedConnector = Preflight['connectors'][number];

/** A step in the list beside the editor. */
export interface ListedStep {
  readonly place: StepPlace;
  /** The connector of the step. `undefined`: it needs none, or it is not checked yet. */
  readonly connector: CheckedConnector | undefined;
  /** `true`: the user has to choose a connector. */
  readonly needsChoice: boolean;
}

/** Problems that the choice of a connector repairs. */
const REPAIRED: ReadonlySet<string> = new Set([
  'connectorNotFound',
  'connectorTypeMismatch',
  'actionNotEnabled',
]);

/** Keys of a step where these problems are. */
const KEYS_OF_CHOICE: ReadonlySet<unknown> = new Set(['connector-id', 'type']);

/** Joins the steps of a text with its problems and connectors. */
export function listSteps(
  steps: readonly StepPlace[],
  found: {
    readonly problems: readonly Problem[];
    /** May be of an earlier text: steps are found by name and `connector-id`. */
    readonly preflight: Preflight | undefined;
  },
): readonly ListedStep[] {
  const toChoose = new Set(
    found.problems
      .filter(({ ruleId }) => REPAIRED.has(ruleId))
      .map(({ path }) => keyOf(KEYS_OF_CHOICE.has(path.at(-1)) ? path.slice(0, -1) : path)),
  );
  return steps.map((place) => {
    const { connectorTypeId, name = '', path } = place;
    if (connectorTypeId === undefined) return { place, connector: undefined, needsChoice: false };
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

const keyOf = (path: readonly (string | number)[]): string => path.join('/');
