import {
  EuiButton,
  EuiCallOut,
  EuiFormRow,
  EuiPanel,
  EuiSelect,
  EuiSpacer,
  EuiText,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { NoticeAnnouncement } from '@latchkey/core/public/page_parts';
import type { ReactElement, ReactNode } from 'react';
import { FormProvider, type UseFormReturn } from 'react-hook-form';
import { useIntl } from 'react-intl';
import { type FormField, FormFields, type InputValues } from '../connector_form/index.ts';
import type { TestResult } from './test_result.ts';

const messages = defineMessages({
  action: { id: 'connectorsUi.test.action', defaultMessage: 'Action' },
  check: { id: 'connectorsUi.test.check', defaultMessage: 'Check the connection' },
  checkHelp: {
    id: 'connectorsUi.test.checkHelp',
    defaultMessage: 'Calls the service once and changes nothing there.',
  },
  changesData: {
    id: 'connectorsUi.test.changesData',
    defaultMessage: 'This action can change or delete data at the service.',
  },
  runCheck: { id: 'connectorsUi.test.runCheck', defaultMessage: 'Check' },
  run: { id: 'connectorsUi.test.run', defaultMessage: 'Run' },
  asYou: {
    id: 'connectorsUi.test.asYou',
    defaultMessage: 'The test uses your own account.',
  },
  connectFirst: {
    id: 'connectorsUi.test.connectFirst',
    defaultMessage: 'You are not connected',
  },
  connectFirstText: {
    id: 'connectorsUi.test.connectFirstText',
    defaultMessage: 'The test uses your own account. Connect it first.',
  },
  cannotConnect: {
    id: 'connectorsUi.test.cannotConnect',
    defaultMessage:
      'The test uses your own account, and this server lacks a setting to connect accounts. Ask an administrator.',
  },
  succeeded: { id: 'connectorsUi.test.succeeded', defaultMessage: 'It works' },
  failed: { id: 'connectorsUi.testTab.failed', defaultMessage: 'It did not work' },
  output: { id: 'connectorsUi.test.output', defaultMessage: 'Response of the service' },
  cut: {
    id: 'connectorsUi.test.cut',
    defaultMessage: 'The response is longer than what is shown.',
  },
  authorize: {
    id: 'connectorsUi.test.authorize',
    defaultMessage: 'You can solve this: connect your account, then try again.',
  },
  checkSettings: {
    id: 'connectorsUi.test.checkSettings',
    defaultMessage:
      'Check the parameters. If they are right, an administrator has to correct the settings of the connector.',
  },
  wait: {
    id: 'connectorsUi.test.wait',
    defaultMessage: 'Nobody has to do anything: this usually passes by itself.',
  },
  waitUntil: {
    id: 'connectorsUi.test.waitUntil',
    defaultMessage: 'Nobody has to do anything. Try again after {time}.',
  },
});

/**
 * Id that stands for the check of the connection, which types offer in addition to their actions.
 */
export const CHECK_ACTION = '_test';

/** An action that the test tab offers. */
export interface TestAction {
  readonly id: string;
  /** Name of the action. `undefined`: the check of the connection. */
  readonly name: string | undefined;
  /** Description of the action. `undefined`: there is none. */
  readonly description: string | undefined;
  readonly fields: readonly FormField[];
  readonly effect: 'read' | 'write' | 'destroy';
}

/** Choice of an action and its parameters, and the result of the last execution. */
export function TestTab(props: {
  readonly actions: readonly TestAction[];
  readonly chosen: TestAction;
  readonly onChoose: (id: string) => void;
  /** State of the form. The values of the parameters are in its member `input`. */
  readonly methods: UseFormReturn<InputValues>;
  readonly isPersonal: boolean;
  /** `true`: the user is not connected, so that every test would fail. */
  readonly needsConnection: boolean;
  readonly isRunning: boolean;
  readonly onRun: () => void;
  /** Result of the last execution. `undefined`: not executed yet. */
  readonly result: TestResult | undefined;
  /**
   * Button that connects the user's account. `undefined`: users cannot connect, because the server
   * lacks a setting.
   */
  readonly authorize: ReactNode;
}): ReactElement {
  const { actions, chosen, onChoose, methods, isRunning, onRun, result } = props;
  const { formatMessage } = useIntl();
  return (
    <>
      <EuiFormRow
        fullWidth
        label={formatMessage(messages.action)}
        helpText={chosen.description ?? formatMessage(messages.checkHelp)}
      >
        <EuiSelect
          fullWidth
          value={chosen.id}
          options={actions.map(({ id, name }) => ({
            value: id,
            text: name ?? formatMessage(messages.check),
          }))}
          onChange={(event) => onChoose(event.target.value)}
        />
      </EuiFormRow>
      <FormProvider {...methods}>
        <FormFields fields={chosen.fields} path="input" isDisabled={isRunning} />
      </FormProvider>
      <EuiSpacer size="m" />
      {chosen.effect === 'read' ? null : (
        <>
          <EuiCallOut
            size="s"
            color="warning"
            iconType="warning"
            title={formatMessage(messages.changesData)}
          />
          <EuiSpacer size="m" />
        </>
      )}
      {props.isPersonal && !props.needsConnection ? (
        <>
          <EuiText size="s" color="subdued">
            <p>{formatMessage(messages.asYou)}</p>
          </EuiText>
          <EuiSpacer size="s" />
        </>
      ) : null}
      {props.needsConnection ? (
        <EuiCallOut
          size="s"
          color="primary"
          iconType="link"
          title={formatMessage(messages.connectFirst)}
        >
          <p>
            {formatMessage(
              props.authorize === undefined ? messages.cannotConnect : messages.connectFirstText,
            )}
          </p>
          {props.authorize}
        </EuiCallOut>
      ) : (
        <EuiButton fill iconType="play" isLoading={isRunning} onClick={onRun}>
          {formatMessage(chosen.name === undefined ? messages.runCheck : messages.run)}
        </EuiButton>
      )}
      {result === undefined ? null : (
        <>
          <EuiSpacer size="l" />
          <Result result={result} authorize={props.authorize} />
        </>
      )}
    </>
  );
}

function Result(props: {
  readonly result: TestResult;
  readonly authorize: ReactNode;
}): ReactElement {
  const { result, authorize } = props;
  const { formatMessage, formatTime } = useIntl();
  if (result.status === 'failed') {
    const { next, retryAt, message } = result;
    const advice =
      next === 'wait'
        ? retryAt === undefined
          ? formatMessage(messages.wait)
          : formatMessage(messages.waitUntil, { time: formatTime(retryAt) })
        : formatMessage(next === 'authorize' ? messages.authorize : messages.checkSettings);
    return (
      <EuiCallOut
        color={next === 'wait' ? 'warning' : 'danger'}
        iconType={next === 'wait' ? 'clock' : 'error'}
        title={formatMessage(messages.failed)}
      >
        <NoticeAnnouncement texts={[formatMessage(messages.failed), message, advice]} />
        {message === '' ? null : <p css={{ overflowWrap: 'anywhere' }}>{message}</p>}
        <p>{advice}</p>
        {next === 'authorize' ? authorize : null}
      </EuiCallOut>
    );
  }
  return (
    <>
      <EuiCallOut
        announceOnMount
        color="success"
        iconType="check"
        title={formatMessage(messages.succeeded)}
      />
      {result.output === '' ? null : (
        <>
          <EuiSpacer size="m" />
          <EuiPanel color="subdued" hasShadow={false} paddingSize="m">
            <EuiText size="s">
              <h3>{formatMessage(messages.output)}</h3>
            </EuiText>
            <EuiSpacer size="s" />
            <EuiText size="s">
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: users scroll it by keyboard */}
              <pre tabIndex={0} css={{ maxBlockSize: 360, overflow: 'auto' }}>
                {result.output}
              </pre>
              {result.isCut ? <p>{formatMessage(messages.cut)}</p> : null}
            </EuiText>
          </EuiPanel>
        </>
      )}
    </>
  );
}
