import { describe, expect, it } from 'vitest';
import { FeedbackStore } from './feedback_store.ts';

describe('the store of toasts, confirmations and announcements', () => {
  it('keeps toasts until they are dismissed', () => {
    const store = new FeedbackStore();
    store.toast({ title: 'one', color: 'success' });
    store.toast({ title: 'two', color: 'danger' });
    store.dismiss(store.getSnapshot().toasts[0]?.id ?? '');
    expect(store.getSnapshot().toasts.map(({ title }) => title)).toEqual(['two']);
  });

  it('resolves each confirmation with the decision of the user about it, in any order', async () => {
    const store = new FeedbackStore();
    const first = store.confirm({ title: 'first', confirmLabel: 'Yes' });
    const second = store.confirm({ title: 'second', confirmLabel: 'Yes' });
    const [a, b] = store.getSnapshot().confirmations;
    b?.confirm();
    a?.cancel();
    expect(await Promise.all([first, second])).toEqual([false, true]);
    expect(store.getSnapshot().confirmations).toEqual([]);
  });

  it('keeps a confirmation open while its action runs and after the action has failed', async () => {
    const store = new FeedbackStore();
    const attempts: PromiseWithResolvers<void>[] = [];
    const decision = store.confirm({
      title: 'Delete?',
      confirmLabel: 'Delete',
      action: {
        run: () => {
          const attempt = Promise.withResolvers<void>();
          attempts.push(attempt);
          return attempt.promise;
        },
        failureOf: (error) => ({ title: 'Not deleted', text: String(error) }),
      },
    });
    const changed = () => new Promise<void>((resolve) => void store.subscribe(resolve));
    const open = () => store.getSnapshot().confirmations[0];
    open()?.confirm();
    expect(open()).toMatchObject({ isBusy: true });
    const failed = changed();
    attempts[0]?.reject('refused');
    await failed;
    expect(open()).toMatchObject({
      isBusy: false,
      failure: { title: 'Not deleted', text: 'refused' },
    });
    open()?.confirm();
    expect(open()).toMatchObject({ isBusy: true, failure: undefined });
    attempts[1]?.resolve();
    expect(await decision).toBe(true);
    expect(store.getSnapshot().confirmations).toEqual([]);
  });

  it.each([true, false])(
    'lets the action of a closed confirmation continue, and resolves with its success: %s',
    async (succeeds) => {
      const store = new FeedbackStore();
      const work = Promise.withResolvers<void>();
      const decision = store.confirm({
        title: 'Delete?',
        confirmLabel: 'Delete',
        action: {
          run: () => work.promise,
          failureOf: (error) => ({ title: 'Not deleted', text: String(error) }),
        },
      });
      store.getSnapshot().confirmations[0]?.confirm();
      store.getSnapshot().confirmations[0]?.cancel();
      expect(store.getSnapshot().confirmations).toEqual([]);
      if (succeeds) work.resolve();
      else work.reject('refused');
      expect(await decision).toBe(succeeds);
      expect(store.getSnapshot().toasts).toEqual(
        succeeds ? [] : [expect.objectContaining({ title: 'Not deleted', text: 'refused' })],
      );
    },
  );

  it('gives each announcement a number, because screen readers read only a changed text', () => {
    const store = new FeedbackStore();
    let changes = 0;
    const unsubscribe = store.subscribe(() => {
      changes += 1;
    });
    store.announce('saved');
    const { number } = store.getSnapshot().announcement;
    store.announce('saved');
    unsubscribe();
    store.announce('later');
    expect(store.getSnapshot().announcement).toEqual({ number: number + 2, text: 'later' });
    expect(changes).toBe(2);
  });
});
