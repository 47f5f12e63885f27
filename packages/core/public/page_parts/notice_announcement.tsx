import { EuiLiveAnnouncer } from '@elastic/eui';
import type { ReactElement } from 'react';

/**
 * Announces a notice that contains a button. Use it instead of `announceOnMount` of `EuiCallOut`,
 * which copies the button for two seconds.
 */
export function NoticeAnnouncement(props: {
  /** Title and texts of the notice. Empty ones are left out. */
  readonly texts: readonly string[];
}): ReactElement {
  return (
    <EuiLiveAnnouncer>{props.texts.filter((text) => text !== '').join(', ')}</EuiLiveAnnouncer>
  );
}
