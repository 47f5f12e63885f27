import { EuiListGroup, EuiListGroupItem, EuiTitle } from '@elastic/eui';
import { memo } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import { menuApps } from '../application/index.ts';
import { useAppLink } from '../application/use_app_link.ts';
import { defineMessages } from '../i18n/define_messages.ts';
import type { AppDefinition } from '../types.ts';
import { useCore } from '../use_core.ts';

const messages = defineMessages({
  label: { id: 'core.menu.label', defaultMessage: 'Main menu' },
  administration: { id: 'core.menu.administration', defaultMessage: 'Administration' },
});

/**
 * Links to the apps that the user may open. The menu is memoized, so that it is not rendered again
 * with each change of the URL.
 */
export const MainMenu = memo(function MainMenu(props: {
  readonly apps: readonly AppDefinition[];
  /** App of the current page. */
  readonly current: AppDefinition | undefined;
  /** Called when the user follows a link. */
  readonly onFollow?: () => void;
}) {
  const { apps, current, onFollow } = props;
  const { formatMessage } = useIntl();
  const { application } = useCore();
  const administration = menuApps(apps, 'administration', application.can);
  return (
    <nav aria-label={formatMessage(messages.label)}>
      <MenuSection
        apps={menuApps(apps, 'main', application.can)}
        current={current}
        onFollow={onFollow}
      />
      {administration.length > 0 && (
        <>
          <EuiTitle size="xxxs" css={{ padding: '16px 8px 4px' }}>
            <h2 id="menu-administration">
              <FormattedMessage {...messages.administration} />
            </h2>
          </EuiTitle>
          <MenuSection
            apps={administration}
            current={current}
            labelledBy="menu-administration"
            onFollow={onFollow}
          />
        </>
      )}
    </nav>
  );
});

function MenuSection(props: {
  readonly apps: readonly AppDefinition[];
  readonly current: AppDefinition | undefined;
  readonly labelledBy?: string;
  readonly onFollow: (() => void) | undefined;
}) {
  const { apps, current, labelledBy, onFollow } = props;
  const { formatMessage } = useIntl();
  const link = useAppLink();
  return (
    <EuiListGroup
      maxWidth={false}
      {...(labelledBy === undefined ? {} : { 'aria-labelledby': labelledBy })}
    >
      {apps
        .map((app) => ({ app, ...link(app.path) }))
        .map(({ app, href, onClick }) => (
          <EuiListGroupItem
            key={app.id}
            label={formatMessage(app.title)}
            iconType={app.icon}
            isActive={app === current}
            wrapText
            {...(app === current ? { 'aria-current': 'page' as const } : {})}
            href={href}
            onClick={(event) => {
              onClick(event);
              onFollow?.();
            }}
          />
        ))}
    </EuiListGroup>
  );
}
