import { createFailureTexts, defineMessages } from '@latchkey/core/public';
import type { IntlShape, MessageDescriptor } from 'react-intl';

/** Texts by error code. Each text says what the user can do. */
const byCode: Readonly<Record<string, MessageDescriptor>> = defineMessages({
  workflow_not_found: {
    id: 'workflows.failure.notFound',
    defaultMessage: 'This workflow no longer exists. Another user may have deleted it.',
  },
  workflow_limit_reached: {
    id: 'workflows.failure.limitReached',
    defaultMessage: 'There are too many workflows. Delete some, then try again.',
  },
  schedule_limit_reached: {
    id: 'workflows.failure.scheduleLimitReached',
    defaultMessage: 'Too many workflows run on a schedule as this user. Disable some first.',
  },
  workflow_id_reserved: {
    id: 'workflows.failure.idReserved',
    defaultMessage: 'This id is the name of a page. Choose another id.',
  },
  workflow_exists: {
    id: 'workflows.failure.exists',
    defaultMessage: 'A workflow with this id exists. Choose another id.',
  },
  workflow_not_valid: {
    id: 'workflows.failure.notValid',
    defaultMessage: 'The workflow has errors. Open it and correct them, then try again.',
  },
  workflow_too_complex: {
    id: 'workflows.failure.tooComplex',
    defaultMessage:
      'Checking the workflow takes too long. Shorten it, or divide it into several workflows.',
  },
  workflow_disabled: {
    id: 'workflows.failure.disabled',
    defaultMessage: 'The workflow is disabled. Enable it, then try again.',
  },
  workflow_inputs_invalid: {
    id: 'workflows.failure.inputsInvalid',
    defaultMessage: 'Some inputs are missing or do not fit. Correct them, then try again.',
  },
  execution_not_found: {
    id: 'workflows.failure.executionNotFound',
    defaultMessage: 'This run no longer exists. Old runs are deleted after some time.',
  },
  execution_not_waiting: {
    id: 'workflows.failure.executionNotWaiting',
    defaultMessage: 'The run does not wait for a response any more. Reload the page.',
  },
  execution_not_ended: {
    id: 'workflows.failure.executionNotEnded',
    defaultMessage: 'The run has not ended. Wait for its end, or cancel it.',
  },
  retry_not_possible: {
    id: 'workflows.failure.retryNotPossible',
    defaultMessage:
      'The results of earlier steps cannot be used, for example because these steps have changed. Begin at the first step.',
  },
  step_execution_not_found: {
    id: 'workflows.failure.stepExecutionNotFound',
    defaultMessage: 'This step is not stored any more. Reload the page.',
  },
  step_not_found: {
    id: 'workflows.failure.stepNotFound',
    defaultMessage: 'The workflow has no step with this name any more. Choose the step again.',
  },
  too_many_yaml_checks: {
    id: 'workflows.failure.tooManyYamlChecks',
    defaultMessage: 'The server checks too many large workflows. Wait a few seconds.',
  },
  too_many_searches: {
    id: 'workflows.failure.tooManySearches',
    defaultMessage: 'The server reads too many lists of workflows or runs. Wait a few seconds.',
  },
  too_many_active_executions: {
    id: 'workflows.failure.tooManyActive',
    defaultMessage: 'You have too many runs at the same time. Wait until some have ended.',
  },
  too_many_waiting_executions: {
    id: 'workflows.failure.tooManyWaiting',
    defaultMessage: 'Too many of your runs wait for you. Respond to some, or cancel them.',
  },
  execution_of_other_user: {
    id: 'workflows.failure.executionOfOtherUser',
    defaultMessage: 'Only the user who started the run can do this.',
  },
});

const other = defineMessages({
  text: {
    id: 'workflows.failure.other',
    defaultMessage: 'The server refused the change. Reload the page, then try again.',
  },
}).text;

/** Texts for users about failed requests to this plugin. */
export const { failureOf, failureText } = createFailureTexts(byCode);

/** Text for a refused change of one workflow in a request that changes many. */
export const codeText = (intl: Pick<IntlShape, 'formatMessage'>, code: string): string =>
  intl.formatMessage((Object.hasOwn(byCode, code) ? byCode[code] : undefined) ?? other);
