/** Old names of step types, with the current names. */
export const DEPRECATED: Readonly<Record<string, string>> = {
  'data.regex_extract': 'data.regexExtract',
  'data.regex_replace': 'data.regexReplace',
};

const LANGUAGE_MODEL =
  'calls a language model, which Latchkey does not do yet. Use the action of a connector.';
const OWN_STEP = 'is a step of Kibana, which Latchkey does not have.';

/**
 * Prefixes of step types that exist in Kibana and not in Latchkey, with the reason. The first
 * prefix that fits counts.
 */
export const UNAVAILABLE: readonly (readonly [prefix: string, reason: string])[] = [
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
  ['ai.agent', LANGUAGE_MODEL],
  ['ai.classify', LANGUAGE_MODEL],
  ['ai.prompt', LANGUAGE_MODEL],
  ['ai.summarize', LANGUAGE_MODEL],
  ['ai.', OWN_STEP],
  ['alerting.', OWN_STEP],
  ['call_site.', OWN_STEP],
  ['context-engine.', OWN_STEP],
  ['nightshift.', OWN_STEP],
  ['proposals.', OWN_STEP],
  ['transform.', OWN_STEP],
  ['scripts.', 'runs a script, which Latchkey does not do. Use the `data.*` steps.'],
  ['data.loadCheckpoint', 'keeps data between runs, which Latchkey does not do yet. Use an input.'],
  ['data.include', 'includes other files, which Latchkey does not do yet.'],
  ['data.toJson', 'exists in newer versions of Kibana only. Use `data.stringifyJson`.'],
];

/**
 * Kibana's connectors with a single action. Their step type is the name of the connector without an
 * action.
 */
export const SINGLE_ACTION = new Set([
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

/** Step types that do what an older connector of Kibana does. The first that exists is named. */
export const NEWER_STEPS: Readonly<Record<string, readonly string[]>> = {
  email: ['gmail.sendMessage', 'outlook.sendMessage'],
  jira: ['jira-cloud.createIssue'],
  slack: ['slack2.sendMessage'],
  slack_api: ['slack2.sendMessage'],
  teams: ['microsoft-teams.sendChannelMessage'],
};

/** Names that authors write for step types, and the types that they mean. */
export const OTHER_NAMES: Readonly<Record<string, string>> = {
  delay: 'wait',
  log: 'console',
  print: 'console',
  set: 'data.set',
  sleep: 'wait',
};
