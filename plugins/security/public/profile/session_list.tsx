import {
  EuiBadge,
  EuiFlexGroup,
  EuiFlexItem,
  EuiHorizontalRule,
  EuiIcon,
  EuiSpacer,
  EuiText,
} from '@elastic/eui';
import { useDateText } from '@latchkey/core/public/page_parts';
import { FormattedMessage } from 'react-intl';

/** One session as the server lists it. */
export interface SessionView {
  /** `null`: an older version created the session. */
  readonly created_at: string | null;
  readonly last_used_at: string;
  /** Name of the browser. `null`: unknown. */
  readonly browser: string | null;
  /** Name of the operating system. `null`: unknown. */
  readonly system: string | null;
  readonly is_current: boolean;
}

/** List of sessions, the most recently used first. */
export function SessionList(props: {
  readonly sessions: readonly SessionView[];
  /** Number of all sessions. The list may contain fewer. */
  readonly total: number;
}) {
  const { sessions, total } = props;
  return (
    <>
      <ul>
        {sessions.map((session, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: sessions have no public id
          <li key={index}>
            {index > 0 && <EuiHorizontalRule margin="s" />}
            <SessionRow session={session} />
          </li>
        ))}
      </ul>
      {total > sessions.length && (
        <>
          <EuiSpacer size="m" />
          <EuiText size="s" color="subdued">
            <p>
              <FormattedMessage
                id="security.sessions.more"
                defaultMessage="And {count, plural, one {# more session} other {# more sessions}}."
                values={{ count: total - sessions.length }}
              />
            </p>
          </EuiText>
        </>
      )}
    </>
  );
}

function SessionRow({ session }: { readonly session: SessionView }) {
  const dateText = useDateText();
  const { created_at, last_used_at, is_current } = session;
  return (
    <EuiFlexGroup gutterSize="m" alignItems="center" responsive={false}>
      <EuiFlexItem grow={false}>
        <EuiIcon type="globe" color="subdued" aria-hidden="true" />
      </EuiFlexItem>
      <EuiFlexItem>
        <EuiText size="s">
          <strong>
            <BrowserName {...session} />
          </strong>
        </EuiText>
        <EuiText size="xs" color="subdued">
          {created_at !== null && (
            <div>
              <FormattedMessage
                id="security.sessions.since"
                defaultMessage="Signed in {date}"
                values={{ date: dateText(created_at) }}
              />
            </div>
          )}
          {!is_current && (
            <div>
              <FormattedMessage
                id="security.sessions.lastUsed"
                defaultMessage="Last used {date}"
                values={{ date: dateText(last_used_at) }}
              />
            </div>
          )}
        </EuiText>
      </EuiFlexItem>
      {is_current && (
        <EuiFlexItem grow={false}>
          <EuiBadge color="success">
            <FormattedMessage id="security.sessions.current" defaultMessage="This browser" />
          </EuiBadge>
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}

function BrowserName({ browser, system }: Pick<SessionView, 'browser' | 'system'>) {
  if (browser !== null && system !== null)
    return (
      <FormattedMessage
        id="security.sessions.browserOnSystem"
        defaultMessage="{browser} on {system}"
        values={{ browser, system }}
      />
    );
  if (browser !== null || system !== null) return browser ?? system;
  return (
    <FormattedMessage id="security.sessions.unknownBrowser" defaultMessage="Unknown browser" />
  );
}
