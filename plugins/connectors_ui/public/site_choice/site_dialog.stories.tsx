import type { StoryGroup } from '@latchkey/core/public/stories';
import { SiteDialog, type SiteDialogProps } from './site_dialog.tsx';

const nothing = (): void => undefined;
const LONG = 'engineering_documents_'.repeat(9);
const site = (name: string) => ({ id: name, label: `https://${name}.atlassian.net` });

const dialog =
  (sites: SiteDialogProps['sites'], changes: Partial<SiteDialogProps> = {}) =>
  () => (
    <SiteDialog
      connectorName="Jira"
      sites={sites}
      isSaving={false}
      failure={undefined}
      onChoose={nothing}
      onRetry={nothing}
      onClose={nothing}
      {...changes}
    />
  );

const several = { sites: [site('acme'), site('acme-lab')], chosenId: undefined };

/** Every state of the dialog. */
export const stories: StoryGroup = {
  title: 'Site dialog',
  stories: [
    { name: 'loading', render: dialog('loading') },
    { name: 'failed', render: dialog({ failure: 'The server did not respond in time.' }) },
    { name: 'none', render: dialog({ sites: [], chosenId: undefined }) },
    { name: 'one site', render: dialog({ sites: [site('acme')], chosenId: 'acme' }) },
    { name: 'several, none chosen', render: dialog(several) },
    { name: 'several, one chosen', render: dialog({ ...several, chosenId: 'acme' }) },
    {
      name: 'saving',
      render: dialog({ ...several, chosenId: 'acme' }, { isSaving: true }),
    },
    {
      name: 'not saved',
      render: dialog(several, {
        failure: { title: 'The site was not changed', text: 'Your roles do not allow this.' },
      }),
    },
    {
      name: 'many sites',
      render: dialog({
        sites: Array.from({ length: 40 }, (_, index) => site(`team-${index + 1}`)),
        chosenId: 'team-3',
      }),
    },
    {
      name: 'names without spaces',
      render: dialog({ sites: [site(LONG), site('b')], chosenId: 'b' }, { connectorName: LONG }),
    },
  ],
};
