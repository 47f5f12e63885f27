import { EuiButton } from '@elastic/eui';
import { useEffect, useState } from 'react';
import { Feedback, FeedbackStore } from '../feedback/index.ts';
import type { StoryGroup } from '../stories.ts';
import { CoreContext, useCore } from '../use_core.ts';
import { CopyText } from './copy_text.tsx';

/** A button that was clicked in a browser that does not allow this page to copy. */
function Refused() {
  const core = useCore();
  const [feedback] = useState(() => new FeedbackStore());
  return (
    <CoreContext.Provider value={{ ...core, feedback }}>
      <CopyText text="https://latchkey.example.com/api/oauth/callback">
        {(copy) => <Clicked onClick={copy} />}
      </CopyText>
      <Feedback store={feedback} />
    </CoreContext.Provider>
  );
}

function Clicked({ onClick }: { readonly onClick: () => void }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: one click, although the function is new in each render
  useEffect(() => {
    const allowed = document.execCommand;
    document.execCommand = () => false;
    const { warn } = console;
    // Hides the warning of EUI that nothing was copied.
    console.warn = () => undefined;
    onClick();
    document.execCommand = allowed;
    console.warn = warn;
  }, []);
  return (
    <EuiButton iconType="copy" onClick={onClick}>
      Copy
    </EuiButton>
  );
}

/** A button that copies a text. */
export const stories: StoryGroup = {
  title: 'Copy',
  stories: [{ name: 'refused by the browser', render: () => <Refused /> }],
};
