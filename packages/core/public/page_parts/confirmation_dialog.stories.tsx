import { EuiFieldText, EuiFormRow, EuiSpacer } from '@elastic/eui';
import type { StoryGroup } from '../stories.ts';
import { ConfirmationDialog, type ConfirmationDialogProps } from './confirmation_dialog.tsx';

const nothing = (): void => undefined;
const deletion = { label: 'Delete role', color: 'danger', run: nothing } as const;

const dialog = (changes: Partial<ConfirmationDialogProps> = {}) => (
  <ConfirmationDialog title="Delete role sellers?" action={deletion} onClose={nothing} {...changes}>
    {changes.children ?? 'Its users lose these privileges immediately. This cannot be undone.'}
  </ConfirmationDialog>
);

/** States of the dialog that asks before an action. */
export const stories: StoryGroup = {
  title: 'Confirmation dialog',
  stories: [
    { name: 'dangerous', render: () => dialog() },
    { name: 'harmless', render: () => dialog({ action: { label: 'Run test', run: nothing } }) },
    { name: 'busy', render: () => dialog({ isBusy: true }) },
    {
      name: 'failed',
      render: () =>
        dialog({
          failure: {
            title: 'Role sellers was not deleted',
            text: 'The server does not respond. Check your connection and try again.',
          },
        }),
    },
    {
      name: 'with a field',
      render: () =>
        dialog({
          action: { ...deletion, isDisabled: true },
          initialFocus: { field: 'name' },
          children: (
            <>
              <p>Everything in the space is removed.</p>
              <EuiSpacer size="m" />
              <EuiFormRow fullWidth label="To confirm, enter the name Sales">
                <EuiFieldText fullWidth name="name" />
              </EuiFormRow>
            </>
          ),
        }),
    },
    {
      name: 'nothing left to confirm',
      render: () => dialog({ title: 'Team Drive is disconnected', action: undefined }),
    },
    {
      name: 'long texts',
      render: () =>
        dialog({
          title: `Delete role ${'regional_sales_managers_'.repeat(5)}?`,
          action: { ...deletion, label: 'Delete this role and end its authorizations' },
        }),
    },
  ],
};
