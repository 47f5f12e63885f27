import { EuiButton, EuiEmptyPrompt, type IconType } from '@elastic/eui';
import type { ReactElement } from 'react';

/** Shown in place of a list that has no entry yet. */
export function EmptyList(props: {
  readonly icon: IconType;
  readonly title: string;
  readonly text: string;
  /** Button that creates the first entry. `undefined`: the user may not create one. */
  readonly create: { readonly label: string; readonly onClick: () => void } | undefined;
}): ReactElement {
  const { icon, title, text, create } = props;
  return (
    <EuiEmptyPrompt
      iconType={icon}
      color="subdued"
      title={<h2>{title}</h2>}
      body={<p>{text}</p>}
      actions={
        create && (
          <EuiButton fill iconType="plusCircle" onClick={create.onClick}>
            {create.label}
          </EuiButton>
        )
      }
    />
  );
}
