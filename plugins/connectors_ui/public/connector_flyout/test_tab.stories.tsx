import { EuiButton } from '@elastic/eui';
import type { StoryGroup } from '@latchkey/core/public/stories';
import type { ReactElement } from 'react';
import { useForm } from 'react-hook-form';
import type { FormField, InputValues } from '../connector_form/index.ts';
import { CloseFooter } from './flyout_footer.tsx';
import { FlyoutFrame } from './flyout_frame.tsx';
import { FlyoutTabs } from './flyout_tabs.tsx';
import type { TestResult } from './test_result.ts';
import { CHECK_ACTION, type TestAction, TestTab } from './test_tab.tsx';

const nothing = (): void => undefined;

const TABS = ['configuration', 'test', 'users'] as const;

const base = { isHidden: false, isDisabled: false };
const FIELDS: readonly FormField[] = [
  {
    ...base,
    name: 'query',
    label: 'Query',
    kind: 'text',
    isRequired: true,
    helpText: 'Drive search query',
  },
  {
    ...base,
    name: 'pageSize',
    label: 'Page size',
    kind: 'number',
    isInteger: true,
    isRequired: false,
  },
];
const CHECK: TestAction = {
  id: CHECK_ACTION,
  name: undefined,
  description: undefined,
  fields: [],
  effect: 'read',
};
const SEARCH: TestAction = {
  id: 'searchFiles',
  name: 'Search files',
  description: 'Searches the files of the user.',
  fields: FIELDS,
  effect: 'read',
};

function Tab(props: {
  readonly chosen?: TestAction;
  readonly isRunning?: boolean;
  readonly needsConnection?: boolean;
  readonly result?: TestResult;
}): ReactElement {
  const methods = useForm<InputValues>({
    defaultValues: { input: { query: '', pageSize: '250' } },
  });
  return (
    <FlyoutFrame
      title="Team Drive"
      subtitle="Google Drive"
      icon="logoGoogleG"
      header={<FlyoutTabs tabs={TABS} selected="test" onTab={nothing} />}
      onClose={nothing}
    >
      <CloseFooter onClose={nothing}>
        <TestTab
          actions={[CHECK, SEARCH]}
          chosen={props.chosen ?? CHECK}
          onChoose={nothing}
          methods={methods}
          isPersonal
          needsConnection={props.needsConnection ?? false}
          isRunning={props.isRunning ?? false}
          onRun={nothing}
          result={props.result}
          authorize={<EuiButton>Connect</EuiButton>}
        />
      </CloseFooter>
    </FlyoutFrame>
  );
}

const failed = (
  changes: Partial<Extract<TestResult, { readonly status: 'failed' }>>,
): TestResult => ({
  status: 'failed',
  message: 'The service responded with status 403: the API is not enabled.',
  next: 'check',
  retryAt: undefined,
  ...changes,
});

/** States of the test tab. */
export const stories: StoryGroup = {
  title: 'Connector flyout: test',
  stories: [
    { name: 'check', render: () => <Tab /> },
    { name: 'not connected', render: () => <Tab needsConnection /> },
    { name: 'parameters', render: () => <Tab chosen={SEARCH} /> },
    {
      name: 'action that changes data',
      render: () => <Tab chosen={{ ...SEARCH, effect: 'destroy' }} />,
    },
    { name: 'running', render: () => <Tab isRunning /> },
    {
      name: 'succeeded',
      render: () => (
        <Tab
          result={{
            status: 'succeeded',
            output: '{\n  "user": { "emailAddress": "ana@example.com" }\n}',
            isCut: false,
          }}
        />
      ),
    },
    {
      name: 'long response',
      render: () => (
        <Tab result={{ status: 'succeeded', output: 'line\n'.repeat(200), isCut: true }} />
      ),
    },
    {
      name: 'the user must connect',
      render: () => (
        <Tab result={failed({ next: 'authorize', message: 'You are not connected.' })} />
      ),
    },
    { name: 'settings to check', render: () => <Tab result={failed({})} /> },
    {
      name: 'temporary failure',
      render: () => (
        <Tab result={failed({ next: 'wait', message: 'The service is overloaded.' })} />
      ),
    },
    {
      name: 'temporary failure until an instant',
      render: () => (
        <Tab
          result={failed({
            next: 'wait',
            message: 'The service is overloaded.',
            retryAt: new Date('2026-11-28T10:15:00Z'),
          })}
        />
      ),
    },
  ],
};
