import { defineMessages } from '@latchkey/core/public';
import type { MessageDescriptor } from 'react-intl';

/** Title and advice for an error of a step. Details are in the message of the server. */
interface RunErrorWords {
  readonly what: MessageDescriptor;
  /** Advice that says what can be done, and by whom. */
  readonly advice: MessageDescriptor;
}

const what = defineMessages({
  authorization: {
    id: 'workflows.runError.authorization',
    defaultMessage: 'The account of the user is not connected, or lacks a permission',
  },
  authorizationTimeout: {
    id: 'workflows.runError.authorizationTimeout',
    defaultMessage: 'The account was not connected in time',
  },
  service: {
    id: 'workflows.runError.service',
    defaultMessage: 'The service refused the call, or could not be reached',
  },
  connector: {
    id: 'workflows.runError.connector',
    defaultMessage: 'The connector of the step cannot be used',
  },
  notAllowed: {
    id: 'workflows.runError.notAllowed',
    defaultMessage: 'The user of the run may not do this',
  },
  interrupted: {
    id: 'workflows.runError.interrupted',
    defaultMessage:
      'The server stopped during the call, which may or may not have been carried out',
  },
  timeout: { id: 'workflows.runError.timeout', defaultMessage: 'It took too long' },
  tooLarge: {
    id: 'workflows.runError.tooLarge',
    defaultMessage: 'There was more data than is allowed',
  },
  workflow: {
    id: 'workflows.runError.workflow',
    defaultMessage: 'A part of the workflow could not be computed',
  },
  ended: { id: 'workflows.runError.ended', defaultMessage: 'The workflow ended itself as failed' },
  child: {
    id: 'workflows.runError.child',
    defaultMessage: 'The workflow that the step runs failed',
  },
  notStarted: {
    id: 'workflows.runError.notStarted',
    defaultMessage: 'The workflow could not be started',
  },
  tooMany: {
    id: 'workflows.runError.tooMany',
    defaultMessage: 'There were too many runs at the same time',
  },
  internal: {
    id: 'workflows.runError.internal',
    defaultMessage: 'Something failed in the server in an unexpected way',
  },
});

const advice = defineMessages({
  connect: {
    id: 'workflows.runAdvice.connect',
    defaultMessage: 'The user of the run can connect the account, then retry.',
  },
  service: {
    id: 'workflows.runAdvice.service',
    defaultMessage:
      'Read the message of the service. Correct the inputs or the workflow, or retry later.',
  },
  look: {
    id: 'workflows.runAdvice.look',
    defaultMessage:
      'Look at the service whether it was done, then retry from this step or continue.',
  },
  author: {
    id: 'workflows.runAdvice.author',
    defaultMessage:
      'Who may edit the workflow can correct it, then retry with the current version.',
  },
  retry: {
    id: 'workflows.runAdvice.retry',
    defaultMessage: 'Retry. If it happens again, the workflow needs a longer limit.',
  },
  later: {
    id: 'workflows.runAdvice.later',
    defaultMessage: 'Retry when other runs have ended, or cancel some of them.',
  },
  administrator: {
    id: 'workflows.runAdvice.administrator',
    defaultMessage: 'Ask an administrator for access.',
  },
  log: {
    id: 'workflows.runAdvice.log',
    defaultMessage: 'Retry. An administrator finds the cause in the log of the server.',
  },
  intended: {
    id: 'workflows.runAdvice.intended',
    defaultMessage: 'The author of the workflow intended this. The message says why.',
  },
  child: {
    id: 'workflows.runAdvice.child',
    defaultMessage: 'Open the other run to see what failed there.',
  },
});

const words = (title: MessageDescriptor, next: MessageDescriptor): RunErrorWords => ({
  what: title,
  advice: next,
});

const CONNECTOR = words(what.connector, advice.author);
const WORKFLOW = words(what.workflow, advice.author);
const TOO_LARGE = words(what.tooLarge, advice.author);
const TIMEOUT = words(what.timeout, advice.retry);
const CHILD = words(what.child, advice.child);
const NOT_STARTED = words(what.notStarted, advice.author);
const TOO_MANY = words(what.tooMany, advice.later);

const BY_TYPE: Readonly<Record<string, RunErrorWords>> = {
  ConnectorAuthorizationError: words(what.authorization, advice.connect),
  AuthorizationTimeout: words(what.authorizationTimeout, advice.connect),
  ConnectorExecutionError: words(what.service, advice.service),
  ConnectorAmbiguous: CONNECTOR,
  ConnectorNotFound: CONNECTOR,
  ConnectorRequired: CONNECTOR,
  ConnectorTypeMismatch: CONNECTOR,
  ActionNotEnabled: words(what.connector, advice.administrator),
  NotAllowed: words(what.notAllowed, advice.administrator),
  PersonalConnectionRefused: CONNECTOR,
  HandlerRefused: words(what.notAllowed, advice.administrator),
  WorkflowRefused: words(what.notAllowed, advice.administrator),
  UserNotAllowed: words(what.notAllowed, advice.administrator),
  StepInterrupted: words(what.interrupted, advice.look),
  StepTimeout: TIMEOUT,
  WorkflowTimeout: TIMEOUT,
  OutputTooLarge: TOO_LARGE,
  StepSizeLimitExceeded: TOO_LARGE,
  TemplateSizeLimitExceeded: TOO_LARGE,
  StepLimitReached: TOO_LARGE,
  RecordLimitReached: TOO_LARGE,
  MemoryLimitReached: TOO_LARGE,
  ParallelFanOutExceedsLimit: TOO_LARGE,
  MaxIterationsExceeded: TOO_LARGE,
  WorkflowFailed: words(what.ended, advice.intended),
  WorkflowNotCompleted: CHILD,
  WorkflowNotFound: NOT_STARTED,
  WorkflowAmbiguous: NOT_STARTED,
  WorkflowDisabled: NOT_STARTED,
  WorkflowRecursion: NOT_STARTED,
  CompositionDepthExceeded: NOT_STARTED,
  InvalidWorkflow: NOT_STARTED,
  InvalidInputs: NOT_STARTED,
  ConcurrencyLimitReached: TOO_MANY,
  TooManyExecutions: TOO_MANY,
  InternalError: words(what.internal, advice.log),
};

/**
 * Returns title and advice for the type of an error. Unknown types count as faults of the workflow.
 */
export function runErrorWords(type: string): RunErrorWords {
  return (Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined) ?? WORKFLOW;
}
