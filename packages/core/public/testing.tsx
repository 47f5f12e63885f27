/// <reference path="./eui_deep_imports.d.ts" />
import { EuiProvider, ICON_TYPES } from '@elastic/eui';
import { appendIconComponentCache } from '@elastic/eui/lib/components/icon/icon.js';
import { QueryClientProvider } from '@tanstack/react-query';
// This import adds the types of its matchers, such as `toBeVisible`, to those of Vitest.
import type {} from '@testing-library/jest-dom/vitest';
import { type RenderResult, render } from '@testing-library/react';
import type { PropsWithChildren, ReactElement } from 'react';
import { IntlProvider } from 'react-intl';
import { MemoryRouter } from 'react-router';
import { type CoreStartMock, coreStartMock } from './mocks.ts';
import { CoreContext } from './use_core.ts';

// EUI loads an icon after the render, and this update would be outside of `act`.
appendIconComponentCache(Object.fromEntries(ICON_TYPES.map((type) => [type, () => <svg />])));

/**
 * Renders an element as the web app does: with EUI, English texts, queries, services and a router.
 * It is not in `mocks`, because it loads EUI and needs the environment of `*.test.tsx`.
 * @param options.core services of the element. Default: {@link coreStartMock}
 * @param options.path path with search parameters where the router starts. Default: `/`
 * @returns result of Testing Library's `render` with the services
 */
export function renderWithCore(
  element: ReactElement,
  options: { readonly core?: CoreStartMock; readonly path?: string } = {},
): RenderResult & { readonly core: CoreStartMock } {
  const { core = coreStartMock(), path = '/' } = options;
  const wrapper = ({ children }: PropsWithChildren) => (
    <EuiProvider colorMode="light" globalStyles={false}>
      <IntlProvider locale="en">
        <QueryClientProvider client={core.queryClient}>
          <CoreContext.Provider value={core}>
            <MemoryRouter initialEntries={[path]}>{children}</MemoryRouter>
          </CoreContext.Provider>
        </QueryClientProvider>
      </IntlProvider>
    </EuiProvider>
  );
  const rendered: RenderResult = render(element, { wrapper });
  return { ...rendered, core };
}
