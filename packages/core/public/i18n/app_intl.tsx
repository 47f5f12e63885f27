import { EuiContext } from '@elastic/eui';
import { type PropsWithChildren, useEffect, useMemo } from 'react';
import { RawIntlProvider } from 'react-intl';
import { pseudoLocalize } from '../../common/index.ts';
import type { ShownLanguage } from './language_store.ts';

/** Provides the texts of a language to Latchkey's components and to those of EUI. */
export function AppIntl(props: PropsWithChildren<{ readonly shown: ShownLanguage }>) {
  const { shown, children } = props;
  const { language, intl, eui } = shown;
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const i18n = useMemo(
    () => ({
      locale: language,
      mapping: { ...eui },
      ...(language === 'en-XA' ? { mappingFunc: pseudoLocalize } : {}),
    }),
    [language, eui],
  );
  return (
    <RawIntlProvider value={intl}>
      <EuiContext i18n={i18n}>{children}</EuiContext>
    </RawIntlProvider>
  );
}
