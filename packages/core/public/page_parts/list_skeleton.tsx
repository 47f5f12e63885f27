import { EuiSkeletonRectangle, useEuiTheme } from '@elastic/eui';
import { useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';

const messages = defineMessages({
  loading: { id: 'core.list.loading', defaultMessage: 'Loading the list' },
});

/** Keys of the rows of the placeholder. */
const ROWS = ['a', 'b', 'c', 'd', 'e'];
/** Height of a row of a table, in pixels. */
const ROW_HEIGHT = 48;

/** Placeholder of a table while its rows are loaded. */
export function ListSkeleton() {
  const { formatMessage } = useIntl();
  const { euiTheme } = useEuiTheme();
  return (
    <div role="status" aria-label={formatMessage(messages.loading)}>
      {ROWS.map((row) => (
        <div
          key={row}
          css={{
            display: 'flex',
            alignItems: 'center',
            gap: euiTheme.size.xl,
            blockSize: ROW_HEIGHT,
            borderBlockEnd: euiTheme.border.thin,
          }}
        >
          <div css={{ flex: '2 1 0' }}>
            <Bar width="70%" />
          </div>
          <div css={{ flex: '1 1 0' }}>
            <Bar width="50%" />
          </div>
          <div css={{ flex: '0 0 64px' }}>
            <Bar width="100%" />
          </div>
        </div>
      ))}
    </div>
  );
}

const Bar = ({ width }: { readonly width: string }) => (
  <EuiSkeletonRectangle
    width={width}
    height={16}
    borderRadius="s"
    announceLoadingStatus={false}
    announceLoadedStatus={false}
  />
);
