import { useAppLink, useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { overviewQuery, solvableAttention, unavailabilities } from '../connection_status/index.ts';
import { useAttemptAnnouncer } from './attempt_announcer.ts';
import { AttentionBadge } from './attention_badge.tsx';

const PATH = '/app/my_connections';

/**
 * Header item of every page with the number of connections that require an action of the user and
 * can be connected. Renders nothing if there are none.
 */
export function AttentionItem(): ReactElement | null {
  const { boot, http, queryClient, application } = useCore();
  const link = useAppLink();
  useAttemptAnnouncer();
  const { data } = useQuery(
    { ...overviewQuery(http), enabled: application.can('actions:get') },
    queryClient,
  );
  const { ofConnector } = unavailabilities(boot);
  const count = data === undefined ? 0 : solvableAttention(data, ofConnector).length;
  if (count === 0) return null;
  return <AttentionBadge count={count} {...link(PATH)} />;
}
