import {
  EuiCheckbox,
  EuiFilterButton,
  EuiPopover,
  EuiSpacer,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { Fragment, type ReactElement, useState } from 'react';

/**
 * Filter above a list: a button that opens one checkbox for each value. Use it inside an
 * `EuiFilterGroup`. A long list of values scrolls.
 */
export function CheckboxFilter<Id extends string>(props: {
  readonly name: string;
  readonly options: readonly { readonly id: Id; readonly label: string }[];
  /** Chosen values. Empty: the filter accepts all rows. */
  readonly chosen: readonly Id[];
  readonly onChange: (chosen: readonly Id[]) => void;
}): ReactElement {
  const { name, options, chosen, onChange } = props;
  const [isOpen, setOpen] = useState(false);
  const id = useGeneratedHtmlId();
  return (
    <EuiPopover
      isOpen={isOpen}
      closePopover={() => setOpen(false)}
      panelPaddingSize="m"
      aria-label={name}
      button={
        <EuiFilterButton
          iconType="chevronSingleDown"
          badgeColor="accent"
          isSelected={isOpen}
          hasActiveFilters={chosen.length > 0}
          {...(chosen.length > 0 ? { numActiveFilters: chosen.length } : {})}
          onClick={() => setOpen(!isOpen)}
        >
          {name}
        </EuiFilterButton>
      }
    >
      <fieldset
        aria-label={name}
        css={{ maxBlockSize: 320, overflowY: 'auto', overflowWrap: 'anywhere' }}
      >
        {options.map((option, index) => (
          <Fragment key={option.id}>
            {index > 0 ? <EuiSpacer size="s" /> : null}
            <EuiCheckbox
              id={`${id}_${index}`}
              label={option.label}
              checked={chosen.includes(option.id)}
              onChange={({ target }) =>
                onChange(
                  target.checked
                    ? [...chosen, option.id]
                    : chosen.filter((other) => other !== option.id),
                )
              }
            />
          </Fragment>
        ))}
      </fieldset>
    </EuiPopover>
  );
}
