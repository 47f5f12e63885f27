import {
  EuiButton,
  EuiButtonEmpty,
  EuiButtonIcon,
  EuiIcon,
  EuiLink,
  EuiPanel,
  EuiText,
  EuiTitle,
  EuiToolTip,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { TwoLines } from '@latchkey/core/public/page_parts';
import { memo, type ReactElement, type ReactNode, useState } from 'react';
import { useIntl } from 'react-intl';
import type { CheckedConnector, ListedStep } from './step_connection.ts';

const messages = defineMessages({
  title: { id: 'workflows.steps.title', defaultMessage: 'Steps' },
  none: { id: 'workflows.steps.none', defaultMessage: 'The workflow has no steps yet.' },
  more: { id: 'workflows.steps.moreSteps', defaultMessage: 'Show {count, number} more steps' },
  test: { id: 'workflows.steps.test', defaultMessage: 'Test this step' },
  testNamed: { id: 'workflows.steps.testNamed', defaultMessage: 'Test step {name}' },
  unnamed: { id: 'workflows.steps.unnamed', defaultMessage: 'Step without a name' },
  choose: { id: 'workflows.steps.choose', defaultMessage: 'Choose connector' },
  chooseNamed: {
    id: 'workflows.steps.chooseNamed',
    defaultMessage: 'Choose connector of step {name}',
  },
  chooseWorkflow: { id: 'workflows.steps.chooseWorkflow', defaultMessage: 'Choose workflow' },
  chooseWorkflowNamed: {
    id: 'workflows.steps.chooseWorkflowNamed',
    defaultMessage: 'Choose workflow of step {name}',
  },
  needsWorkflow: { id: 'workflows.steps.needsWorkflow', defaultMessage: 'Needs a workflow' },
  needsConnector: {
    id: 'workflows.steps.needsConnector',
    defaultMessage: 'Needs a connector',
  },
  shared: { id: 'workflows.steps.shared', defaultMessage: '{name}, shared account' },
  ambiguous: {
    id: 'workflows.steps.ambiguous',
    defaultMessage: 'Several connectors have the name {name}. Use the id of one of them.',
  },
  computed: {
    id: 'workflows.steps.computed',
    defaultMessage: 'The connector is known only while the workflow runs.',
  },
});

const OF_CONNECTOR = {
  icon: 'plugs',
  needed: messages.needsConnector,
  choose: messages.choose,
  chooseNamed: messages.chooseNamed,
};
const OF_WORKFLOW = {
  icon: 'workflow',
  needed: messages.needsWorkflow,
  choose: messages.chooseWorkflow,
  chooseNamed: messages.chooseWorkflowNamed,
};

/** Properties of {@link StepsPanel}. */
export interface StepsPanelProps {
  /** Steps to list. `undefined`: the text is being read for the first time. */
  readonly steps: readonly ListedStep[] | undefined;
  readonly onOpen: (step: ListedStep) => void;
  /** Called when the user wants to choose. `undefined`: the user may not change the text. */
  readonly onChoose: ((step: ListedStep) => void) | undefined;
  /** Called when the user wants to test one step. `undefined`: the text cannot run now. */
  readonly onTest: ((name: string) => void) | undefined;
  /** Renders the user's connection to a personal connector. */
  readonly renderConnection: (connector: CheckedConnector) => ReactNode;
}

/** Number of steps that are rendered at first. Longer lists would delay every result of a check. */
const FIRST_STEPS = 100;

/**
 * Lists the steps of the text, each with its connector and the user as whom it runs. Memoized,
 * because the page around it is rendered after every key press.
 */
export const StepsPanel = memo(function StepsPanel(props: StepsPanelProps): ReactElement {
  const { steps = [], onOpen, onChoose, onTest, renderConnection } = props;
  const { formatMessage } = useIntl();
  const [showsAll, setShowsAll] = useState(false);
  const rest = showsAll ? 0 : Math.max(0, steps.length - FIRST_STEPS);
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="m">
      <section aria-label={formatMessage(messages.title)}>
        <EuiTitle size="xs">
          <h2>{formatMessage(messages.title)}</h2>
        </EuiTitle>
        {props.steps?.length === 0 ? (
          <EuiText size="s" color="subdued">
            <p>{formatMessage(messages.none)}</p>
          </EuiText>
        ) : null}
        <ol css={LIST}>
          {steps.slice(0, steps.length - rest).map((step) => (
            <li
              key={step.place.path.join('.')}
              css={{ paddingInlineStart: Math.min(step.place.depth, MAX_INDENT) * INDENT_PX }}
            >
              <div css={NAME_ROW}>
                <EuiText size="s" css={{ overflowWrap: 'anywhere', minInlineSize: 0 }}>
                  <EuiLink color="primary" onClick={() => onOpen(step)}>
                    <TwoLines text={step.place.name ?? formatMessage(messages.unnamed)} />
                  </EuiLink>
                </EuiText>
                <TestButton step={step} onTest={onTest} />
              </div>
              <EuiText size="xs" color="subdued" css={{ overflowWrap: 'anywhere' }}>
                <p>{step.place.type}</p>
              </EuiText>
              <StepConnector step={step} onChoose={onChoose} renderConnection={renderConnection} />
            </li>
          ))}
        </ol>
        {rest > 0 && (
          <EuiButtonEmpty size="s" flush="left" onClick={() => setShowsAll(true)}>
            {formatMessage(messages.more, { count: rest })}
          </EuiButtonEmpty>
        )}
      </section>
    </EuiPanel>
  );
});

/** Maximum indentation, in levels. Deeper steps would have no room for their names. */
const MAX_INDENT = 4;
const INDENT_PX = 12;

const LIST = {
  listStyle: 'none',
  margin: '8px 0 0',
  padding: 0,
  display: 'grid',
  gap: 12,
} as const;

/** A name, and a button at the end of its row. */
const NAME_ROW = {
  display: 'flex',
  justifyContent: 'space-between',
  alignItems: 'flex-start',
  gap: 8,
} as const;

/** Types of steps that have no effect without the loop around them. */
const NOT_ALONE: ReadonlySet<unknown> = new Set([
  'loop.break',
  'loop.continue',
  'break',
  'continue',
]);

function TestButton(props: {
  readonly step: ListedStep;
  readonly onTest: StepsPanelProps['onTest'];
}): ReactElement | null {
  const { step, onTest } = props;
  const { formatMessage } = useIntl();
  const { name, type } = step.place;
  if (onTest === undefined || name === undefined || NOT_ALONE.has(type)) return null;
  return (
    <EuiToolTip content={formatMessage(messages.test)} disableScreenReaderOutput>
      <EuiButtonIcon
        iconType="play"
        size="xs"
        color="text"
        aria-label={formatMessage(messages.testNamed, { name })}
        onClick={() => onTest(name)}
      />
    </EuiToolTip>
  );
}

function StepConnector(props: {
  readonly step: ListedStep;
  readonly onChoose: ((step: ListedStep) => void) | undefined;
  readonly renderConnection: (connector: CheckedConnector) => ReactNode;
}): ReactElement | null {
  const { step, onChoose, renderConnection } = props;
  const { formatMessage } = useIntl();
  const { connector, needsChoice, place } = step;
  if (needsChoice) {
    const words = place.connectorTypeId === undefined ? OF_WORKFLOW : OF_CONNECTOR;
    return (
      <div css={{ marginBlockStart: 4 }}>
        {onChoose === undefined ? (
          <EuiText size="xs" color="warning">
            <p>{formatMessage(words.needed)}</p>
          </EuiText>
        ) : (
          <EuiButton
            size="s"
            color="warning"
            iconType={words.icon}
            aria-label={formatMessage(words.chooseNamed, { name: place.name ?? '' })}
            onClick={() => onChoose(step)}
          >
            {formatMessage(words.choose)}
          </EuiButton>
        )}
      </div>
    );
  }
  if (connector === undefined) return null;
  if (connector.state === 'found' && connector.personal === true)
    return <div css={{ marginBlockStart: 4 }}>{renderConnection(connector)}</div>;
  return (
    <EuiText size="xs" color="subdued" css={{ overflowWrap: 'anywhere' }}>
      <p>
        {connector.state === 'found' ? (
          <>
            <EuiIcon type="users" size="s" aria-hidden />{' '}
            {formatMessage(messages.shared, {
              name: <TwoLines key="name" text={connector.name ?? connector.reference} />,
            })}
          </>
        ) : connector.state === 'ambiguous' ? (
          formatMessage(messages.ambiguous, { name: connector.reference })
        ) : (
          formatMessage(messages.computed)
        )}
      </p>
    </EuiText>
  );
}
