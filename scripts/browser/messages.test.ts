import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../command.ts';
import { messageProblems } from './check_messages.ts';
import { findMessages } from './messages.ts';

const one = (id: string, text: string) => ({
  messages: [{ id, text, file: 'a.tsx' }],
  literals: [],
});

describe('findMessages', () => {
  it('finds messages in objects and in attributes', () => {
    const code = `
      const m = defineMessages({ save: { id: 'a.save', defaultMessage: 'Save' } });
      const view = <FormattedMessage id="a.long" defaultMessage={'One ' + 'two'} values={{ x }} />;
    `;
    expect(findMessages('a.tsx', code).messages).toEqual([
      { id: 'a.save', text: 'Save', file: 'a.tsx' },
      { id: 'a.long', text: 'One two', file: 'a.tsx' },
    ]);
  });

  it('finds texts of elements and labels that are not messages', () => {
    const code = `const view = <p title="Help" id="x" className="wide">Save · {name}</p>;`;
    const { literals } = findMessages('a.tsx', code);
    expect(literals.map(({ text }) => text)).toEqual(['Help', 'Save ·']);
  });

  it.each([
    [`<p>{isOpen ? 'Close' : 'Open'}</p>`, ['Close', 'Open']],
    [`<p>{isOpen && 'Close'}{name ?? 'Nobody'}</p>`, ['Close', 'Nobody']],
    ['<p>{`Save ${name} now`}</p>', ['Save', 'now']],
    [`<Button label={isOpen ? 'Close' : label} />`, ['Close']],
    [`feedback.toast({ title: 'It is saved', id: 'saved' })`, ['It is saved']],
  ])('finds in the expression %s the texts %j', (code, texts) => {
    const { literals } = findMessages('a.tsx', `const view = ${code};`);
    expect(literals.map(({ text }) => text)).toEqual(texts);
  });

  it.each([
    `<p>{phase === 'closed' ? null : name}</p>`,
    `<Button color={isOpen ? 'danger' : 'primary'} />`,
    `<p>{formatMessage(messages.save, { kind: 'all' })}</p>`,
  ])('accepts the values of %s, which are not texts', (code) => {
    expect(findMessages('a.tsx', `const view = ${code};`).literals).toEqual([]);
  });
});

describe('messageProblems', () => {
  it('accepts the same arguments in another order and inside of plural forms', () => {
    const english = '{count, plural, one {# user of {name}} other {# users of {name}}}';
    const german = 'Von {name}: {count, plural, one {# Benutzer} other {# Benutzer}}';
    expect(messageProblems(one('a', english), { a: german })).toEqual([]);
  });

  it.each([
    ['a missing translation', 'Save', {}],
    ['a translation without message', 'Save', { a: 'Speichern', b: 'Alt' }],
    ['a missing argument', 'Save {name}', { a: 'Speichern' }],
    ['a missing tag', 'Open <link>it</link>', { a: 'Öffnen' }],
    ['a missing brace', '{name}', { a: '{name' }],
  ])('reports %s', (_what, text, translations: Record<string, string>) => {
    expect(messageProblems(one('a', text), translations)).toHaveLength(1);
  });

  it('reports an id with two texts', () => {
    const messages = [...one('a', 'Save').messages, ...one('a', 'Store').messages];
    expect(messageProblems({ messages, literals: [] }, { a: 'Speichern' })).toEqual([
      'a.tsx: [a] has two texts',
    ]);
  });
});

describe('translations of texts inside EUI', () => {
  it('have tokens and arguments that the installed version of EUI knows', () => {
    const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
    const tokens: readonly { readonly token: string; readonly defString: string }[] = read(
      'node_modules/@elastic/eui/i18ntokens.json',
    );
    const translations: Record<string, string> = read(
      'packages/core/public/i18n/translations/eui_de.json',
    );
    // A token that several components use has several entries with the same arguments.
    const messages = new Map(
      tokens.map(({ token, defString }) => [token, { id: token, text: defString, file: 'eui' }]),
    );
    const used = Object.keys(translations).flatMap((token) => messages.get(token) ?? []);
    expect(messageProblems({ messages: used, literals: [] }, translations)).toEqual([]);
  });
});
