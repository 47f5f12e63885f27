import { EuiButton, EuiButtonEmpty } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { type ReactElement, useState } from 'react';
import { useIntl } from 'react-intl';
import { SiteDialog } from './site_dialog.tsx';
import { type SiteChoiceProps, useSiteChoice } from './use_site_choice.ts';

const messages = defineMessages({
  choose: { id: 'connectorsUi.site.choose', defaultMessage: 'Choose site' },
  change: { id: 'connectorsUi.site.change', defaultMessage: 'Change site' },
  chooseNamed: { id: 'connectorsUi.site.chooseNamed', defaultMessage: 'Choose site for {name}' },
  changeNamed: {
    id: 'connectorsUi.site.changeNamed',
    defaultMessage: 'Change the site for {name}',
  },
});

/** Properties of {@link ChooseSite}. */
export interface ChooseSiteProps extends SiteChoiceProps {
  /** `true`: the button is the most important one of the page. */
  readonly isPrimary?: boolean;
  /** `true`: a site is already chosen, so that the user changes it. */
  readonly isChange?: boolean;
}

/** Button that opens the dialog with the sites of the user's authorization. */
export function ChooseSite(props: ChooseSiteProps): ReactElement {
  const { isPrimary = false, isChange = false, ...choice } = props;
  const { formatMessage } = useIntl();
  const [isOpen, setOpen] = useState(false);
  const name = choice.connectorName;
  return (
    <>
      {isChange ? (
        <EuiButtonEmpty
          size="xs"
          aria-label={formatMessage(messages.changeNamed, { name })}
          onClick={() => setOpen(true)}
        >
          {formatMessage(messages.change)}
        </EuiButtonEmpty>
      ) : (
        <EuiButton
          fill={isPrimary}
          size="s"
          iconType="globe"
          aria-label={formatMessage(messages.chooseNamed, { name })}
          onClick={() => setOpen(true)}
        >
          {formatMessage(messages.choose)}
        </EuiButton>
      )}
      {isOpen && <SiteChoice {...choice} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Dialog with the sites of the user's authorization. */
export function SiteChoice({
  onClose,
  ...choice
}: SiteChoiceProps & { readonly onClose: () => void }): ReactElement {
  const { close, ...dialog } = useSiteChoice(choice, onClose);
  return <SiteDialog connectorName={choice.connectorName} {...dialog} onClose={close} />;
}
