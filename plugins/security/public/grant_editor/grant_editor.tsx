import { EuiButtonEmpty, EuiSpacer, EuiText } from '@elastic/eui';
import { useRef } from 'react';
import { FormattedMessage } from 'react-intl';
import { type FeatureName, type GrantDraft, type GrantProblem, newDraft } from '../grants/index.ts';
import type { SpaceName } from '../types.ts';
import { GrantPanel } from './grant_panel.tsx';

/** Matrix of privileges: one panel for each group of spaces, one row for each feature. */
export function GrantEditor(props: {
  readonly drafts: readonly GrantDraft[];
  readonly features: readonly FeatureName[];
  readonly spaces: readonly SpaceName[];
  /** Problems by the `key` of their draft. */
  readonly problems: ReadonlyMap<string, GrantProblem>;
  readonly isReadOnly?: boolean;
  readonly onChange: (drafts: readonly GrantDraft[]) => void;
}) {
  const { drafts, features, spaces, problems, isReadOnly = false, onChange } = props;
  const added = useRef(0);
  const replace = (changed: GrantDraft) =>
    onChange(drafts.map((draft) => (draft.key === changed.key ? changed : draft)));
  const add = () => {
    added.current += 1;
    onChange([...drafts, newDraft(`new-${added.current}`, drafts)]);
  };
  return (
    <>
      {drafts.map((draft) => (
        <div key={draft.key}>
          <GrantPanel
            draft={draft}
            features={features}
            spaces={spaces}
            problem={problems.get(draft.key)}
            isReadOnly={isReadOnly}
            onChange={replace}
            onRemove={() => onChange(drafts.filter(({ key }) => key !== draft.key))}
          />
          <EuiSpacer size="m" />
        </div>
      ))}
      {drafts.length === 0 && (
        <EuiText size="s" color="subdued">
          <p>
            <FormattedMessage
              id="security.grants.empty"
              defaultMessage="No privileges yet. Without privileges, users cannot enter any space."
            />
          </p>
        </EuiText>
      )}
      {!isReadOnly && (
        <EuiButtonEmpty iconType="plusCircle" size="s" flush="left" onClick={add}>
          <FormattedMessage id="security.grants.add" defaultMessage="Add privileges" />
        </EuiButtonEmpty>
      )}
    </>
  );
}
