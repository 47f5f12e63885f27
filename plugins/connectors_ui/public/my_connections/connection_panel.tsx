import {
  EuiAccordion,
  EuiBadge,
  EuiIcon,
  EuiPanel,
  EuiSpacer,
  EuiText,
  EuiTitle,
  useEuiTheme,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { TwoLines } from '@latchkey/core/public/page_parts';
import type { ReactElement, ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { StatusBadge, StatusDetails } from '../connection_controls/index.ts';
import { isConnected } from '../connection_status/index.ts';
import type { FocusedItem } from './connection_section.tsx';
import type { MyConnection } from './my_connection.ts';

const messages = defineMessages({
  details: { id: 'connectorsUi.connectionPanel.details', defaultMessage: 'Details' },
  invited: {
    id: 'connectorsUi.connectionPanel.invited',
    defaultMessage: 'You were asked to connect this',
  },
});

/**
 * Columns that are at the same position in every panel. On narrow screens, the status is below the
 * name.
 */
const LAYOUT = {
  display: 'grid',
  alignItems: 'center',
  columnGap: 16,
  rowGap: 8,
  gridTemplateColumns: '32px minmax(0, 1fr) 230px minmax(170px, max-content)',
  gridTemplateAreas: '"icon name status actions"',
  '@media (max-width: 767px)': {
    gridTemplateColumns: '32px minmax(0, 1fr) auto',
    gridTemplateAreas: '"icon name name" "status status actions"',
  },
} as const;

/** Properties of {@link ConnectionPanel}. */
export interface ConnectionPanelProps {
  readonly item: MyConnection;
  /** `true`: an invitation link has named this connector. */
  readonly isHighlighted: boolean;
  /** Ref for the panel. If it is set, the panel can have the focus. */
  readonly focusRef?: FocusedItem['ref'] | undefined;
  /** Buttons on the right. */
  readonly actions: ReactNode;
  /** Notices about an attempt, a decision or a test. */
  readonly notice: ReactNode;
}

/** Panel with one connector and the user's connection to it. */
export function ConnectionPanel(props: ConnectionPanelProps): ReactElement {
  const { item, isHighlighted, focusRef, actions, notice } = props;
  const { name, typeName, icon, connection } = item;
  const { formatMessage } = useIntl();
  const { euiTheme } = useEuiTheme();
  const headingId = useGeneratedHtmlId();
  const detailsId = useGeneratedHtmlId();
  const detail =
    connection?.account ?? connection?.site?.label ?? (typeName === name ? undefined : typeName);
  const hasDetails = connection !== undefined && isConnected(connection);
  const highlight = {
    borderColor: euiTheme.colors.primary,
    boxShadow: `0 0 0 1px ${euiTheme.colors.primary}`,
  };
  return (
    <EuiPanel
      hasBorder
      hasShadow={false}
      paddingSize="m"
      role="group"
      aria-labelledby={headingId}
      {...(focusRef && { panelRef: focusRef, tabIndex: -1 })}
      style={isHighlighted ? highlight : {}}
    >
      <div css={LAYOUT}>
        <EuiIcon type={icon} size="xl" aria-hidden css={{ gridArea: 'icon' }} />
        <div css={{ gridArea: 'name', minInlineSize: 0 }}>
          <EuiTitle size="xxs">
            <h3 id={headingId}>
              <TwoLines text={name} />
            </h3>
          </EuiTitle>
          <EuiText size="xs" color="subdued">
            {detail === undefined ? null : <TwoLines text={detail} />}
          </EuiText>
        </div>
        <div css={{ gridArea: 'status' }}>
          <StatusBadge connection={connection} withSince />
        </div>
        <div css={{ gridArea: 'actions', justifySelf: 'end' }}>{actions}</div>
      </div>
      {isHighlighted && !hasDetails && (
        <>
          <EuiSpacer size="s" />
          <EuiBadge color="primary">{formatMessage(messages.invited)}</EuiBadge>
        </>
      )}
      {notice !== undefined && notice !== false && (
        <>
          <EuiSpacer size="m" />
          {notice}
        </>
      )}
      {hasDetails && (
        <>
          <EuiSpacer size="s" />
          <EuiAccordion
            id={detailsId}
            buttonContent={<EuiText size="xs">{formatMessage(messages.details)}</EuiText>}
            buttonProps={{ 'aria-label': `${formatMessage(messages.details)}: ${name}` }}
            paddingSize="s"
          >
            <StatusDetails connection={connection} />
          </EuiAccordion>
        </>
      )}
    </EuiPanel>
  );
}
