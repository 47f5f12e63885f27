import { useAppLink, useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { attentionQuery, runPaths } from '../run_data/index.ts';
import { WaitingMenu } from './waiting_menu.tsx';

/**
 * Header item with the number of runs that wait for the user. Renders nothing when no run waits.
 */
export function WaitingItem(): ReactElement | null {
  const { http, queryClient, application } = useCore();
  const link = useAppLink();
  const { data } = useQuery(
    { ...attentionQuery(http), enabled: application.can(WORKFLOW_PRIVILEGES.read) },
    queryClient,
  );
  if (data === undefined || data.waiting === 0) return null;
  return (
    <WaitingMenu
      count={data.waiting}
      runs={data.results.map((run) => ({ ...run, link: link(runPaths.run(run.executionId)) }))}
      all={link(runPaths.list('?waiting=me'))}
    />
  );
}
