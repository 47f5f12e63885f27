import { EuiHeader, EuiHeaderSectionItem } from '@elastic/eui';
import type { StoryGroup } from '@latchkey/core/public/stories';
import { AttentionBadge } from './attention_badge.tsx';

const badge = (count: number) => () => (
  <EuiHeader>
    <EuiHeaderSectionItem>
      <AttentionBadge count={count} href="#" onClick={() => undefined} />
    </EuiHeaderSectionItem>
  </EuiHeader>
);

/** States of the header item. */
export const stories: StoryGroup = {
  title: 'Attention in the header',
  isWholeWindow: true,
  stories: [
    { name: 'one', render: badge(1) },
    { name: 'several', render: badge(12) },
  ],
};
