import { EuiHeader, EuiHeaderSectionItem } from '@elastic/eui';
import type { StoryGroup } from '@latchkey/core/public/stories';
import { type ReactElement, useEffect, useRef } from 'react';
import { WaitingMenu, type WaitingRun } from './waiting_menu.tsx';

const link = { href: '#', onClick: () => undefined };
const run = (changes: Partial<WaitingRun> = {}): WaitingRun => ({
  executionId: 'r1',
  workflowName: 'Send the weekly report',
  kind: 'input',
  since: '2026-11-28T09:00:00Z',
  link,
  ...changes,
});
const RUNS = [
  run(),
  run({ executionId: 'r2', kind: 'authorization', workflowName: 'sources.google_drive.search' }),
  run({ executionId: 'r3', workflowName: 'engineering_documents_'.repeat(6) }),
  run({ executionId: 'r4', workflowName: 'Confirm your password', savedBy: 'bob' }),
];

function Header(props: {
  readonly count: number;
  readonly runs: readonly WaitingRun[];
  readonly isOpen?: boolean;
}): ReactElement {
  const { count, runs, isOpen = false } = props;
  const header = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isOpen) header.current?.querySelector('button')?.click();
  }, [isOpen]);
  return (
    <div ref={header} css={{ minBlockSize: 500 }}>
      <EuiHeader css={{ justifyContent: 'flex-end' }}>
        <EuiHeaderSectionItem>
          <WaitingMenu count={count} runs={runs} all={link} />
        </EuiHeaderSectionItem>
      </EuiHeader>
    </div>
  );
}

/** States of the header item. */
export const stories: StoryGroup = {
  title: 'Runs that wait, in the header',
  isWholeWindow: true,
  stories: [
    { name: 'one', render: () => <Header count={1} runs={RUNS.slice(0, 1)} /> },
    { name: 'open', render: () => <Header count={34} runs={RUNS} isOpen /> },
  ],
};
