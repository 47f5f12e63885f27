import { type JsonSchema, object } from '../schema/json_schema.ts';
import { similarName } from '../values/suggestion.ts';
import { ACTION_KEYS, ACTION_STEPS } from './action_steps.ts';
import { COMPOSITION_STEPS, FLOW_STEPS, HUMAN_STEPS } from './flow_steps.ts';
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

const DEPRECATED: Readonly<Record<string, string>> = {
  'data.regex_extract': 'data.regexExtract',
  'data.regex_replace': 'data.regexReplace',
};

/** Prefixes of step types that exist in Kibana and not in Latchkey, with the reason. */
const UNAVAILABLE: readonly (readonly [prefix: string, reason: string])[] = [
  [
    'elasticsearch.',
    'calls the Elasticsearch of Kibana, which Latchkey does not offer to workflows. Use `http` with a connector to your cluster.',
  ],
  [
    'kibana.',
    "calls Kibana's own API, which Latchkey does not have. Use `http` with a connector to your Kibana.",
  ],
  ['cases.', 'works on cases of Kibana. Use `http` with a connector to your Kibana.'],
  ['security.', 'works on data of Elastic Security. Use `http` with a connector to your Kibana.'],
  ['search.', 'calls the search functions of Kibana. Use `http` with a connector to your cluster.'],
  [
    'entityStore.',
    'works on data of Elastic Security. Use `http` with a connector to your Kibana.',
  ],
  ['contextEngine.', 'calls the agent builder of Kibana. Use `http` with a connector.'],
  ['ai.', 'calls a language model, which Latchkey does not do yet. Use the action of a connector.'],
  ['scripts.', 'runs a script, which Latchkey does not do. Use the `data.*` steps.'],
  ['data.loadCheckpoint', 'keeps data between runs, which Latchkey does not do yet. Use an input.'],
  ['data.include', 'includes other files, which Latchkey does not do yet.'],
  ['data.toJson', 'exists in newer versions of Kibana only. Use `data.stringifyJson`.'],
];

/**
 * Kibana's connectors with a single action. Their step type is the name of the connector without an
 * action.
 */
const SINGLE_ACTION = new Set([
  'bedrock',
  'cases-webhook',
  'd3security',
  'email',
  'gemini',
  'gen-ai',
  'index',
  'inference',
  'jira',
  'opsgenie',
  'pagerduty',
  'resilient',
  'server-log',
  'servicenow',
  'slack',
  'slack_api',
  'swimlane',
  'teams',
  'tines',
  'torq',
  'webhook',
  'xmatters',
]);

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
    const family = UNAVAILABLE.find(([prefix]) => type.startsWith(prefix));
    if (family !== undefined)
      return { kind: 'unavailable', reason: `\`${type}\` is not available here: it ${family[1]}` };
    const suggestion = similarName(type, this.#types.keys());
    const reason = suggestion === undefined ? this.#absentConnector(type) : undefined;
    return reason === undefined ? { kind: 'unknown', suggestion } : { kind: 'unavailable', reason };
  }

  /**
   * Reason why the step type of a connector does not exist here. `undefined`: the type does not
   * belong to a connector.
   */
  #absentConnector(type: string): string | undefined {
    const [connector = '', ...actions] = type.split('.');
    const prefix = `${connector}.`;
    const replacement = 'Use `http` with a connector to the service.';
    if (actions.length === 0)
      return SINGLE_ACTION.has(type)
        ? `\`${type}\` is not available here: it is an older connector of Kibana. ${this.#newer(type) ?? replacement}`
        : undefined;
    if (actions.length > 1 || connector === '' || actions[0] === '') return undefined;
    const siblings = [...this.#types.keys()].filter((each) => each.startsWith(prefix));
    return siblings.length === 0
      ? `\`${type}\` is not available here: Latchkey has no connector type \`.${connector}\`. ${replacement}`
      : undefined;
  }

  /** Recommends the steps of a newer connector for the same service, such as `slack2`. */
  #newer(type: string): string | undefined {
    const service = type.replace(/_api$/, '');
    const newer = [...this.#types.values()].find(
      ({ connectorTypeId }) => connectorTypeId?.replace(/^\./, '').replace(/\d+$/, '') === service,
    );
    return newer === undefined ? undefined : `Use a step such as \`${newer.type}\`.`;
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
