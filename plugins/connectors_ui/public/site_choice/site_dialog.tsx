import {
  EuiButton,
  EuiCallOut,
  EuiFieldSearch,
  EuiRadioGroup,
  EuiSkeletonText,
  EuiSpacer,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { defineMessages, type Failure } from '@latchkey/core/public';
import { ConfirmationDialog, NoticeAnnouncement } from '@latchkey/core/public/page_parts';
import { type ReactElement, useState } from 'react';
import { useIntl } from 'react-intl';
import type { Site, Sites } from './site_queries.ts';

const messages = defineMessages({
  title: { id: 'connectorsUi.site.title', defaultMessage: 'Choose a site for {name}' },
  text: {
    id: 'connectorsUi.site.text',
    defaultMessage:
      'Your authorization covers several sites. Actions of {name} that run as you use the site that you choose. You can change it at any time without connecting again.',
  },
  legend: { id: 'connectorsUi.site.legend', defaultMessage: 'Site' },
  one: {
    id: 'connectorsUi.site.one',
    defaultMessage:
      'Your authorization covers only this site. To use another one, reconnect and grant access to it.',
  },
  none: {
    id: 'connectorsUi.site.none',
    defaultMessage:
      'Your authorization covers no site. Reconnect and grant access to the site that you want to use.',
  },
  missing: {
    id: 'connectorsUi.site.missing',
    defaultMessage: 'A site is missing? Reconnect and grant access to it.',
  },
  filter: { id: 'connectorsUi.site.filter', defaultMessage: 'Filter sites' },
  noMatch: { id: 'connectorsUi.site.noMatch', defaultMessage: 'No site has this text.' },
  confirm: { id: 'connectorsUi.site.confirm', defaultMessage: 'Use this site' },
  loading: { id: 'connectorsUi.site.loading', defaultMessage: 'Loading your sites' },
  failedTitle: {
    id: 'connectorsUi.site.failedTitle',
    defaultMessage: 'Your sites could not be loaded',
  },
  retry: { id: 'connectorsUi.site.retry', defaultMessage: 'Try again' },
});

/** Number of sites from which on the list has a filter. */
const FILTERED_FROM = 9;

/** Properties of {@link SiteDialog}. */
export interface SiteDialogProps {
  readonly connectorName: string;
  /**
   * Sites of the authorization. `loading`: they are being requested. `failure`: text about a failed
   * request.
   */
  readonly sites: Sites | 'loading' | { readonly failure: string };
  /** `true`: the choice is being saved. */
  readonly isSaving: boolean;
  /** Failure of the last choice. `undefined`: there is none. */
  readonly failure: Failure | undefined;
  readonly onChoose: (site: Site) => void;
  readonly onRetry: () => void;
  readonly onClose: () => void;
}

/** Dialog in which the user chooses one of the sites that an authorization covers. */
export function SiteDialog(props: SiteDialogProps): ReactElement {
  const { connectorName: name, sites: state, isSaving, failure, onChoose, onClose } = props;
  const { formatMessage } = useIntl();
  const [selectedId, setSelectedId] = useState<string>();
  const known = typeof state === 'object' && 'sites' in state ? state : undefined;
  const { sites = [], chosenId } = known ?? {};
  const isChoice = sites.length > 1 || (sites.length === 1 && chosenId === undefined);
  const currentId = selectedId ?? chosenId ?? '';
  const selected = sites.find(({ id }) => id === currentId);
  return (
    <ConfirmationDialog
      // A new key, so that the focus moves to the sites when they are loaded.
      key={isChoice ? 'choice' : 'text'}
      title={formatMessage(messages.title, { name: <bdi>{name}</bdi> })}
      action={
        isChoice
          ? {
              label: formatMessage(messages.confirm),
              isDisabled: selected === undefined || selected.id === chosenId,
              run: () => selected && onChoose(selected),
            }
          : undefined
      }
      isBusy={isSaving}
      failure={failure}
      {...(isChoice ? { initialFocus: { field: 'site' } } : {})}
      onClose={onClose}
    >
      {isChoice ? (
        <Choice {...{ name, sites, currentId }} onSelect={setSelectedId} />
      ) : (
        <WithoutChoice state={state} onRetry={props.onRetry} />
      )}
    </ConfirmationDialog>
  );
}

function Choice(props: {
  readonly name: string;
  readonly sites: readonly Site[];
  readonly currentId: string;
  readonly onSelect: (id: string) => void;
}): ReactElement {
  const { name, sites, currentId, onSelect } = props;
  const { formatMessage } = useIntl();
  // Prefix for ids of elements, because ids of sites could be equal to ids of other elements.
  const prefix = useGeneratedHtmlId({ suffix: '_' });
  const [filter, setFilter] = useState('');
  const shown = sites.filter(({ label }) => label.toLowerCase().includes(filter.toLowerCase()));
  return (
    <>
      <p>{formatMessage(messages.text, { name: <bdi>{name}</bdi> })}</p>
      {sites.length >= FILTERED_FROM && (
        <>
          <EuiFieldSearch
            compressed
            value={filter}
            aria-label={formatMessage(messages.filter)}
            placeholder={formatMessage(messages.filter)}
            onChange={({ target }) => setFilter(target.value)}
          />
          <EuiSpacer size="m" />
        </>
      )}
      <EuiRadioGroup
        name="site"
        legend={{ children: formatMessage(messages.legend) }}
        options={shown.map(({ id, label }) => ({
          id: `${prefix}${id}`,
          label: <bdi>{label}</bdi>,
        }))}
        idSelected={`${prefix}${currentId}`}
        onChange={(id) => onSelect(id.slice(prefix.length))}
      />
      <p role="status">{shown.length === 0 && formatMessage(messages.noMatch)}</p>
      <p>{formatMessage(messages.missing)}</p>
    </>
  );
}

function WithoutChoice({
  state,
  onRetry,
}: {
  readonly state: SiteDialogProps['sites'];
  readonly onRetry: () => void;
}): ReactElement {
  const { formatMessage } = useIntl();
  if (state === 'loading')
    return (
      <EuiSkeletonText lines={3} isLoading contentAriaLabel={formatMessage(messages.loading)} />
    );
  if ('failure' in state)
    return (
      <EuiCallOut
        size="s"
        color="danger"
        iconType="error"
        heading="p"
        title={formatMessage(messages.failedTitle)}
      >
        <NoticeAnnouncement texts={[formatMessage(messages.failedTitle), state.failure]} />
        <p>{state.failure}</p>
        <EuiButton size="s" color="danger" iconType="refresh" onClick={onRetry}>
          {formatMessage(messages.retry)}
        </EuiButton>
      </EuiCallOut>
    );
  const [site] = state.sites;
  if (site === undefined) return <p>{formatMessage(messages.none)}</p>;
  return (
    <>
      <p>
        <strong>
          <bdi>{site.label}</bdi>
        </strong>
      </p>
      <p>{formatMessage(messages.one)}</p>
    </>
  );
}
