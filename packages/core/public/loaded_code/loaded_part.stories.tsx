import { EuiFieldText, EuiFormRow, EuiSpacer } from '@elastic/eui';
import type { ComponentType } from 'react';
import type { StoryGroup } from '../stories.ts';
import { loadedDialog, loadedSection } from './loaded_part.tsx';

/** Fails like a file that the server no longer has after an upgrade. */
const readGone = (): Promise<ComponentType<{ readonly onClose: () => void }>> =>
  Promise.reject(new TypeError('Failed to fetch dynamically imported module: /assets/a-1.js'));

const GoneDialog = loadedDialog(readGone);
const GoneSection = loadedSection(readGone);
const nothing = () => undefined;

const Field = () => (
  <EuiFormRow label="Name">
    <EuiFieldText defaultValue="Team documents" />
  </EuiFormRow>
);

/** Parts of pages whose code could not be loaded. */
export const stories: StoryGroup = {
  title: 'Parts that are not loaded',
  stories: [
    {
      name: 'dialog',
      render: () => (
        <>
          <Field />
          <GoneDialog onClose={nothing} />
        </>
      ),
    },
    {
      name: 'section',
      render: () => (
        <>
          <Field />
          <EuiSpacer />
          <GoneSection onClose={nothing} />
        </>
      ),
    },
  ],
};
