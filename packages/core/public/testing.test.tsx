import { EuiButton, EuiFieldText, EuiFormRow } from '@elastic/eui';
import { fireEvent, screen } from '@testing-library/react';
import { FormattedMessage } from 'react-intl';
import { useLocation } from 'react-router';
import { describe, expect, it } from 'vitest';
import { coreStartMock } from './mocks.ts';
import { renderWithCore } from './testing.tsx';
import { useCore } from './use_core.ts';

function Sample() {
  const core = useCore();
  const { search } = useLocation();
  return (
    <>
      <EuiFormRow label="Name">
        <EuiFieldText defaultValue={search} />
      </EuiFormRow>
      <EuiButton iconType="plus" onClick={() => core.application.navigate('/app/other')}>
        <FormattedMessage
          id="core.test.greeting"
          defaultMessage="Hello, {name}"
          values={{ name: core.boot.user.fullName }}
        />
      </EuiButton>
    </>
  );
}

describe('a component test with renderWithCore', () => {
  it('provides EUI, texts, services and a router', () => {
    const core = coreStartMock({
      boot: { user: { ...coreStartMock().boot.user, fullName: 'Bo' } },
    });
    renderWithCore(<Sample />, { core, path: '/x?edit=drive' });
    expect(screen.getByLabelText('Name')).toHaveValue('?edit=drive');
    fireEvent.click(screen.getByRole('button', { name: 'Hello, Bo' }));
    expect(core.visited).toEqual(['/app/other']);
  });
});
