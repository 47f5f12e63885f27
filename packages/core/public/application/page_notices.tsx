import { EuiButton, EuiEmptyPrompt, EuiLoadingSpinner } from '@elastic/eui';
import type { ReactElement } from 'react';
import { FormattedMessage, type MessageDescriptor, useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import { NotFound } from '../page_parts/not_found.tsx';
import type { AppLink } from './use_app_link.ts';

const messages = defineMessages({
  loading: { id: 'core.page.loading', defaultMessage: 'Loading the page' },
  goHome: { id: 'core.page.goHome', defaultMessage: 'Go to the start page' },
});

/** Shown while the code of a page is loaded. */
export function PageLoading() {
  const { formatMessage } = useIntl();
  return (
    <EuiEmptyPrompt
      icon={<EuiLoadingSpinner size="xl" aria-label={formatMessage(messages.loading)} />}
      title={<h1>{formatMessage(messages.loading)}</h1>}
      titleSize="xs"
    />
  );
}

/** Shown for a path without an app. */
export function PageNotFound({ home }: { readonly home: AppLink | undefined }) {
  const { formatMessage } = useIntl();
  return (
    <NotFound
      link={home === undefined ? undefined : { ...home, label: formatMessage(messages.goHome) }}
    />
  );
}

/** Shown in place of every page when the space of the page does not exist any more. */
export function PageSpaceGone(props: {
  /** Name of the space. */
  readonly name: string;
  /** Address that leads to a space which the user may enter. */
  readonly startHref: string;
}) {
  return (
    <EuiEmptyPrompt
      iconType="spaces"
      title={
        <h1>
          <FormattedMessage id="core.page.spaceGoneTitle" defaultMessage="This space was deleted" />
        </h1>
      }
      body={
        <p>
          <FormattedMessage
            id="core.page.spaceGoneText"
            defaultMessage="An administrator deleted the space {name}, or ended your access to it. Nothing in it can be opened or saved any more. Continue in another space."
            values={{ name: <strong>{props.name}</strong> }}
          />
        </p>
      }
      actions={
        <EuiButton fill href={props.startHref}>
          <FormattedMessage id="core.page.otherSpace" defaultMessage="Go to another space" />
        </EuiButton>
      }
    />
  );
}

/** Access that a user lacks to open a page. */
export type MissingAccess = 'role' | 'space' | 'page';

const missingAccess: Readonly<
  Record<MissingAccess, { readonly title: MessageDescriptor; readonly text: MessageDescriptor }>
> = {
  role: defineMessages({
    title: { id: 'core.page.noRoleTitle', defaultMessage: 'You do not have a role yet' },
    text: {
      id: 'core.page.noRoleText',
      defaultMessage:
        'You are signed in, but only a role gives access to pages. Ask an administrator for a role, then load the page again.',
    },
  }),
  space: defineMessages({
    title: {
      id: 'core.page.noSpaceAccessTitle',
      defaultMessage: 'You do not have access to this space',
    },
    text: {
      id: 'core.page.noSpaceAccessText',
      defaultMessage:
        'Your roles are for other spaces. Choose one of them in the menu of spaces at the top left, or ask an administrator for access to this one.',
    },
  }),
  page: defineMessages({
    title: {
      id: 'core.page.notAllowedTitle',
      defaultMessage: 'You do not have access to this page',
    },
    text: {
      id: 'core.page.notAllowedText',
      defaultMessage:
        'Your roles do not allow it in this space. Ask an administrator for a role with access, then load the page again.',
    },
  }),
};

/** Shown when the user lacks the role or the privileges that a page requires. */
export function PageNotAllowed(props: {
  readonly missing: MissingAccess;
  readonly home: AppLink | undefined;
}) {
  const { title, text } = missingAccess[props.missing];
  return (
    <EuiEmptyPrompt
      iconType="lock"
      title={
        <h1>
          <FormattedMessage {...title} />
        </h1>
      }
      body={<FormattedMessage tagName="p" {...text} />}
      actions={props.home === undefined ? undefined : <HomeButton home={props.home} />}
    />
  );
}

/** Shown when the code of a page failed. */
export function PageCrashed({ onReload }: { readonly onReload: () => void }) {
  return (
    <EuiEmptyPrompt
      color="danger"
      iconType="error"
      title={
        <h1>
          <FormattedMessage id="core.page.crashedTitle" defaultMessage="This page has failed" />
        </h1>
      }
      body={
        <p>
          <FormattedMessage
            id="core.page.crashedText"
            defaultMessage="An error in the page stopped it. Your saved data is not affected. Reload the page; if it fails again, tell an administrator what you did before."
          />
        </p>
      }
      actions={<ReloadButton onReload={onReload} />}
    />
  );
}

/** Shown when the code of a page could not be loaded. */
export function PageNotLoaded({ onReload }: { readonly onReload: () => void }) {
  return (
    <EuiEmptyPrompt
      color="warning"
      iconType="refresh"
      title={
        <h1>
          <FormattedMessage
            id="core.page.notLoadedTitle"
            defaultMessage="The page could not be loaded"
          />
        </h1>
      }
      body={
        <p>
          <FormattedMessage
            id="core.page.notLoadedText"
            defaultMessage="A new version may have been installed, or the server cannot be reached. Reload the page to get the current version."
          />
        </p>
      }
      actions={<ReloadButton onReload={onReload} />}
    />
  );
}

function HomeButton({ home }: { readonly home: AppLink }): ReactElement {
  return (
    <EuiButton fill href={home.href} onClick={home.onClick}>
      <FormattedMessage {...messages.goHome} />
    </EuiButton>
  );
}

function ReloadButton({ onReload }: { readonly onReload: () => void }): ReactElement {
  return (
    <EuiButton fill iconType="refresh" onClick={onReload}>
      <FormattedMessage id="core.page.reload" defaultMessage="Reload the page" />
    </EuiButton>
  );
}
