import { defineMessages } from '@latchkey/core/public';
import type { MessageDescriptor } from 'react-intl';

interface FeatureTexts {
  readonly name: MessageDescriptor;
  /** Explanation of the levels. */
  readonly text: MessageDescriptor;
}

/**
 * Names and explanations of features by id. For other features, the web app has only the name from
 * the server.
 */
export const FEATURE_TEXTS: ReadonlyMap<string, FeatureTexts> = new Map([
  [
    'actions',
    defineMessages({
      name: { id: 'security.features.actions', defaultMessage: 'Actions and connectors' },
      text: {
        id: 'security.features.actionsText',
        defaultMessage:
          'Use: see connectors, connect your own account, run actions. All: also create, change and delete connectors.',
      },
    }),
  ],
  [
    'api_keys',
    defineMessages({
      name: { id: 'security.features.apiKeys', defaultMessage: 'Own API keys' },
      text: {
        id: 'security.features.apiKeysText',
        defaultMessage: 'Create API keys with which programs act in the name of their owner.',
      },
    }),
  ],
  [
    'monitoring',
    defineMessages({
      name: { id: 'security.features.monitoring', defaultMessage: 'Monitoring' },
      text: {
        id: 'security.features.monitoringText',
        defaultMessage: 'Read the metrics of the server.',
      },
    }),
  ],
  [
    'workflows',
    defineMessages({
      name: { id: 'security.features.workflows', defaultMessage: 'Workflows' },
      text: {
        id: 'security.features.workflowsText',
        defaultMessage:
          'Use: see workflows and their executions. All: also create, change, delete and run them.',
      },
    }),
  ],
]);
