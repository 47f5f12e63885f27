import {
  EuiButtonEmpty,
  EuiFieldSearch,
  EuiHorizontalRule,
  EuiListGroup,
  EuiListGroupItem,
  EuiLoadingSpinner,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { useState } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import { SpaceAvatar, type SpaceView } from '../space_avatar.tsx';
import { selectSpaces } from './select_spaces.ts';

/** Number of spaces from which on the menu has a search field. */
const SEARCH_FROM = 8;

const messages = defineMessages({
  loading: { id: 'spaces.menu.loading', defaultMessage: 'Loading the spaces' },
  search: { id: 'spaces.menu.search', defaultMessage: 'Search spaces' },
});

/** Links to the spaces that the user may enter. */
export function SpaceMenuPanel(props: {
  /** Id of the space to which the page belongs. */
  readonly current: string;
  /** Spaces to list. `undefined`: they are being loaded, or could not be loaded. */
  readonly spaces: readonly SpaceView[] | undefined;
  readonly hasFailed: boolean;
  readonly onRetry: () => void;
  readonly hrefOf: (id: string) => string;
  /** Address of the page of spaces. `undefined`: the user does not manage spaces. */
  readonly manageHref: string | undefined;
}) {
  const { spaces, hasFailed, onRetry, manageHref } = props;
  const { formatMessage } = useIntl();
  return (
    <div css={{ inlineSize: 288, maxInlineSize: '100vw' }}>
      <div css={{ padding: '12px 16px 4px' }}>
        <EuiTitle size="xxs">
          <h2>
            <FormattedMessage id="spaces.menu.title" defaultMessage="Spaces" />
          </h2>
        </EuiTitle>
      </div>
      {spaces === undefined && !hasFailed && (
        <div css={{ padding: 16, textAlign: 'center' }}>
          <EuiLoadingSpinner size="l" aria-label={formatMessage(messages.loading)} />
        </div>
      )}
      {hasFailed && (
        <div css={{ padding: '4px 16px 12px' }} role="alert">
          <EuiText size="s">
            <p>
              <FormattedMessage
                id="spaces.menu.failed"
                defaultMessage="The spaces could not be loaded."
              />
            </p>
          </EuiText>
          <EuiButtonEmpty size="s" flush="left" iconType="refresh" onClick={onRetry}>
            <FormattedMessage id="spaces.load.retry" defaultMessage="Try again" />
          </EuiButtonEmpty>
        </div>
      )}
      {spaces !== undefined && <SpaceLinks {...props} spaces={spaces} />}
      {manageHref !== undefined && (
        <>
          <EuiHorizontalRule margin="none" />
          <div css={{ padding: 8 }}>
            <EuiButtonEmpty size="s" iconType="gear" href={manageHref}>
              <FormattedMessage id="spaces.menu.manage" defaultMessage="Manage spaces" />
            </EuiButtonEmpty>
          </div>
        </>
      )}
    </div>
  );
}

function SpaceLinks(props: {
  readonly current: string;
  readonly spaces: readonly SpaceView[];
  readonly hrefOf: (id: string) => string;
}) {
  const { current, spaces, hrefOf } = props;
  const { formatMessage } = useIntl();
  const [search, setSearch] = useState('');
  const shown = selectSpaces(spaces, search);
  return (
    <>
      {spaces.length >= SEARCH_FROM && (
        <div css={{ padding: '4px 12px' }}>
          <EuiFieldSearch
            compressed
            fullWidth
            placeholder={formatMessage(messages.search)}
            aria-label={formatMessage(messages.search)}
            value={search}
            onChange={({ target }) => setSearch(target.value)}
          />
        </div>
      )}
      {shown.length === 0 && (
        <EuiText size="s" color="subdued" css={{ padding: '8px 16px' }}>
          <p>
            <FormattedMessage
              id="spaces.menu.noMatch"
              defaultMessage="No space contains this text."
            />
          </p>
        </EuiText>
      )}
      <EuiListGroup
        css={{
          maxBlockSize: 320,
          overflowY: 'auto',
          '.euiListGroupItem__label': { minInlineSize: 0, overflowWrap: 'anywhere' },
        }}
      >
        {shown.map((space) => (
          <EuiListGroupItem
            key={space.id}
            href={hrefOf(space.id)}
            isActive={space.id === current}
            {...(space.id === current ? { 'aria-current': 'true' as const } : {})}
            icon={<SpaceAvatar space={space} />}
            label={<bdi>{space.name}</bdi>}
            wrapText
          />
        ))}
      </EuiListGroup>
    </>
  );
}
