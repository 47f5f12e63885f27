import {
  EuiButtonEmpty,
  EuiHeaderSectionItemButton,
  EuiIcon,
  EuiPopover,
  EuiPopoverFooter,
  EuiPopoverTitle,
  EuiText,
  useEuiTheme,
} from '@elastic/eui';
import { type AppLink, defineMessages } from '@latchkey/core/public';
import { RelativeTime, TwoLines } from '@latchkey/core/public/page_parts';
import { type MouseEvent, type ReactElement, useState } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  count: {
    id: 'workflows.waiting.count',
    defaultMessage: '{count, plural, one {# run waits for you} other {# runs wait for you}}',
  },
  title: { id: 'workflows.waiting.title', defaultMessage: 'Waiting for you' },
  input: { id: 'workflows.waiting.input', defaultMessage: 'Respond or approve' },
  authorization: { id: 'workflows.waiting.authorization', defaultMessage: 'Connect your account' },
  savedBy: {
    id: 'workflows.waiting.saved_by',
    defaultMessage: 'From a workflow of {user}',
  },
  all: { id: 'workflows.waiting.all', defaultMessage: 'All runs that wait for you' },
});

/** A run that waits for the user. */
export interface WaitingRun {
  readonly executionId: string;
  readonly workflowName: string;
  readonly kind: 'input' | 'authorization';
  /**
   * Username of the other user who saved the workflow. Absent: the current user saved it, or it is
   * not known who did.
   */
  readonly savedBy?: string | undefined;
  /** ISO instant since which the run waits. */
  readonly since: string;
  readonly link: AppLink;
}

/** Properties of {@link WaitingMenu}. */
export interface WaitingMenuProps {
  readonly count: number;
  /** The newest of the waiting runs. */
  readonly runs: readonly WaitingRun[];
  /** Link to the list of all waiting runs. */
  readonly all: AppLink;
}

/** Header button with the number of waiting runs. A click opens a list of them. */
export function WaitingMenu({ count, runs, all }: WaitingMenuProps): ReactElement {
  const { formatMessage } = useIntl();
  const { euiTheme } = useEuiTheme();
  const [isOpen, setOpen] = useState(false);
  const label = formatMessage(messages.count, { count });
  const closing = ({ href, onClick }: AppLink): AppLink => ({
    href,
    onClick: (event: MouseEvent) => {
      setOpen(false);
      onClick(event);
    },
  });
  return (
    <EuiPopover
      isOpen={isOpen}
      closePopover={() => setOpen(false)}
      anchorPosition="downRight"
      panelPaddingSize="s"
      aria-label={formatMessage(messages.title)}
      repositionOnScroll
      button={
        <EuiHeaderSectionItemButton
          aria-label={label}
          title={label}
          aria-expanded={isOpen}
          aria-haspopup="dialog"
          notification={count}
          notificationColor="accent"
          onClick={() => setOpen(!isOpen)}
        >
          <EuiIcon type="hourglass" aria-hidden="true" />
        </EuiHeaderSectionItemButton>
      }
    >
      <EuiPopoverTitle>{formatMessage(messages.title)}</EuiPopoverTitle>
      <ul
        css={{
          listStyle: 'none',
          margin: 0,
          padding: 0,
          inlineSize: 320,
          maxInlineSize: 'calc(100vw - 48px)',
          maxBlockSize: '60vh',
          overflowY: 'auto',
        }}
      >
        {runs.map(({ executionId, workflowName, kind, savedBy, since, link }) => (
          <li key={executionId}>
            <a
              {...closing(link)}
              css={{
                display: 'grid',
                gridTemplateColumns: '16px minmax(0, 1fr)',
                gap: euiTheme.size.s,
                padding: euiTheme.size.s,
                borderRadius: euiTheme.border.radius.small,
                color: 'inherit',
                '&:hover, &:focus-visible': { background: euiTheme.colors.backgroundBaseSubdued },
              }}
            >
              <EuiIcon
                type={kind === 'input' ? 'user' : 'link'}
                aria-hidden="true"
                css={{ marginBlockStart: 3 }}
              />
              <EuiText size="s" css={{ overflowWrap: 'anywhere' }}>
                <strong>
                  <TwoLines text={workflowName} />
                </strong>
                <EuiText size="xs" color="subdued" component="div">
                  {formatMessage(messages[kind])}, <RelativeTime at={new Date(since)} />
                </EuiText>
                {savedBy !== undefined && (
                  <EuiText size="xs" component="div">
                    {formatMessage(messages.savedBy, { user: savedBy })}
                  </EuiText>
                )}
              </EuiText>
            </a>
          </li>
        ))}
      </ul>
      <EuiPopoverFooter>
        <EuiButtonEmpty size="s" {...closing(all)}>
          {formatMessage(messages.all)}
        </EuiButtonEmpty>
      </EuiPopoverFooter>
    </EuiPopover>
  );
}
