import { type JsonSchema, object } from '../schema/json_schema.ts';
import { similarName } from '../values/suggestion.ts';
import { ACTION_KEYS, ACTION_STEPS } from './action_steps.ts';
import { COMPOSITION_STEPS, FLOW_STEPS, HUMAN_STEPS } from './flow_steps.ts';
import {
  DEPRECATED,
  NEWER_STEPS,
  OTHER_NAMES,
  SINGLE_ACTION,
  UNAVAILABLE,
} from './kibana_steps.ts';
import type { StepType } from './step_type.ts';

/** An action of a connector type, as the server describes it. */
export interface ConnectorAction {
  /** Id of the connector type with its dot, such as `.google_drive`. */
  readonly connectorTypeId: string;
  readonly connectorTypeName: string;
  readonly name: string;
  readonly description: string;
  readonly scope: 'read' | 'write' | 'destroy';
  /** JSON Schema of `with`. */
  readonly input: JsonSchema;
  /** JSON Schema of the output. Absent: nothing is known about it. */
  readonly output?: JsonSchema;
}

/** Result of looking up a step type. */
export type StepLookup =
  | { readonly kind: 'known'; readonly step: StepType }
  | { readonly kind: 'deprecated'; readonly step: StepType }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly suggestion: string | undefined };

const BUILT_IN = [...FLOW_STEPS, ...HUMAN_STEPS, ...COMPOSITION_STEPS, ...ACTION_STEPS];

/** Maximum number of actions that a message lists. */
const MAX_LISTED = 8;

/** All step types: the built-in ones, and one for each action of each connector type. */
export class StepRegistry {
  readonly #types: ReadonlyMap<string, StepType>;

  constructor(actions: readonly ConnectorAction[] = []) {
    const steps = [...BUILT_IN, ...actions.map(connectorStep)];
    this.#types = new Map(steps.map((step) => [step.type, step]));
  }

  /** All step types in the order of the documentation. */
  list(): readonly StepType[] {
    return [...this.#types.values()];
  }

  find(type: string): StepLookup {
    const step = this.#types.get(type);
    if (step !== undefined) return { kind: 'known', step };
    const renamed = Object.hasOwn(DEPRECATED, type) ? DEPRECATED[type] : undefined;
    const replacement = renamed === undefined ? undefined : this.#types.get(renamed);
    if (replacement !== undefined) return { kind: 'deprecated', step: replacement };
    // Ids of connector types begin with a dot, and types of steps do not.
    const name = type.startsWith('.') ? type.slice(1) : type;
    if (this.#types.has(name)) return { kind: 'unknown', suggestion: name };
    const family = UNAVAILABLE.find(([prefix]) => name.startsWith(prefix));
    if (family !== undefined)
      return { kind: 'unavailable', reason: `\`${type}\` is not available here: it ${family[1]}` };
    const other = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined;
    const suggestion = other ?? this.#longerName(name) ?? similarName(name, this.#types.keys());
    const reason = suggestion === undefined ? this.#absentConnector(name) : undefined;
    return reason === undefined ? { kind: 'unknown', suggestion } : { kind: 'unavailable', reason };
  }

  /** The only action of a connector type whose name starts with a given one, such as `send`. */
  #longerName(type: string): string | undefined {
    const [connector = '', action = ''] = type.split('.');
    const longer = this.#actionsOf(connector).filter((each) => each.startsWith(type));
    return action !== '' && longer.length === 1 ? longer[0] : undefined;
  }

  /**
   * Reason why the step type of a connector does not exist here. `undefined`: the type does not
   * belong to a connector.
   */
  #absentConnector(type: string): string | undefined {
    const [connector = '', ...rest] = type.split('.');
    const action = rest.join('.');
    const actions = this.#actionsOf(connector);
    if (actions.length > 0) {
      const listed = actions.slice(0, MAX_LISTED).map((each) => `\`${each}\``);
      const reason =
        action === ''
          ? `\`${type}\` lacks the name of an action.`
          : `The connector type \`.${connector}\` has no action \`${action}\`.`;
      return actions.length > MAX_LISTED
        ? `${reason} Use one of its ${actions.length} actions, such as ${listed.join(', ')}.`
        : `${reason} Use one of ${listed.join(', ')}.`;
    }
    const advice = this.#newer(connector) ?? 'Use `http` with a connector to the service.';
    if (rest.length === 0)
      return SINGLE_ACTION.has(type)
        ? `\`${type}\` is not available here: it is an older connector of Kibana. ${advice}`
        : undefined;
    if (rest.length > 1 || connector === '' || action === '') return undefined;
    return [...this.#types.keys()].some((each) => each.startsWith(`${connector}.`))
      ? undefined
      : `\`${type}\` is not available here: Latchkey has no connector type \`.${connector}\`. ${advice}`;
  }

  /** Step types of the actions of a connector type. Empty if there is no such connector type. */
  #actionsOf(connector: string): readonly string[] {
    return [...this.#types.values()].flatMap(({ type, connectorTypeId, action }) =>
      action !== undefined && connectorTypeId === `.${connector}` ? [type] : [],
    );
  }

  /** Recommends a step of a newer connector for the same service, such as `slack2`. */
  #newer(connector: string): string | undefined {
    const known = Object.hasOwn(NEWER_STEPS, connector) ? (NEWER_STEPS[connector] ?? []) : [];
    const newer = [...this.#types.values()].filter(
      ({ connectorTypeId }) => connectorTypeId?.replace(/\d+$/, '') === `.${connector}`,
    );
    const type =
      known.find((each) => this.#types.has(each)) ??
      (newer.find(({ effect }) => effect === 'write') ?? newer[0])?.type;
    return type === undefined ? undefined : `Use a step such as \`${type}\`.`;
  }
}

function connectorStep(action: ConnectorAction): StepType {
  const isInputRequired =
    Array.isArray(action.input['required']) && action.input['required'].length > 0;
  return {
    type: `${action.connectorTypeId.replace(/^\./, '')}.${action.name}`,
    title: `${action.connectorTypeName}: ${action.name}`,
    description: action.description,
    behavior: 'call',
    effect: action.scope,
    keys: object({ [isInputRequired ? 'with' : 'with?']: action.input }),
    common: [...ACTION_KEYS, 'connector-id'],
    nested: [],
    connectorTypeId: action.connectorTypeId,
    action: action.name,
    ...(action.output !== undefined && { output: action.output }),
  };
}
