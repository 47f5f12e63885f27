import { EuiHeaderSectionItemButton, EuiPopover } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { MANAGE_SPACES } from '../../common/index.ts';
import { SpaceAvatar } from '../space_avatar.tsx';
import { spacesQuery } from '../spaces_queries.ts';
import { SpaceMenuPanel } from './space_menu_panel.tsx';
import { spacePath } from './space_path.ts';

const messages = defineMessages({
  button: { id: 'spaces.menu.button', defaultMessage: 'Space {name}. Change the space' },
  panel: { id: 'spaces.menu.panel', defaultMessage: 'Spaces' },
});

/** Header button with the current space. A click opens a list of the other spaces. */
export function SpaceMenu() {
  const { formatMessage } = useIntl();
  const { boot, http, application } = useCore();
  const [isOpen, setOpen] = useState(false);
  const spaces = useQuery({ ...spacesQuery(http), enabled: isOpen });
  const { space } = boot;
  const canManage = application.can(MANAGE_SPACES);
  return (
    <EuiPopover
      isOpen={isOpen}
      closePopover={() => setOpen(false)}
      panelPaddingSize="none"
      anchorPosition="downLeft"
      repositionOnScroll
      aria-label={formatMessage(messages.panel)}
      button={
        <EuiHeaderSectionItemButton
          aria-label={formatMessage(messages.button, { name: space.name })}
          aria-haspopup="true"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {/* No tooltip while the menu is open, because it would cover the menu. */}
          <SpaceAvatar space={space} hasTooltip={!isOpen} />
        </EuiHeaderSectionItemButton>
      }
    >
      <SpaceMenuPanel
        current={space.id}
        spaces={spaces.data}
        hasFailed={spaces.isError}
        onRetry={() => void spaces.refetch()}
        hrefOf={(id) => spacePath(boot.basePath, id)}
        manageHref={canManage ? application.href('/app/spaces') : undefined}
      />
    </EuiPopover>
  );
}
