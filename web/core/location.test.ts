import { expect, test, vi } from 'vitest';
import { createLocation } from './location.ts';

function fakeHost(start: string) {
  const location = { pathname: '', search: '' };
  const go = (url: string): void => {
    const parsed = new URL(url, 'http://page');
    location.pathname = parsed.pathname;
    location.search = parsed.search;
  };
  go(start);
  const pops: (() => void)[] = [];
  const history = {
    pushState: vi.fn((_state: unknown, _title: string, url: string) => go(url)),
    replaceState: vi.fn((_state: unknown, _title: string, url: string) => go(url)),
  };
  const host = { location, history, addEventListener: (_: string, listener: () => void) => pops.push(listener) };
  return { host: host as unknown as Window, history, go, pop: () => pops.forEach((listener) => void listener()) };
}

test('navigating pushes an entry and tells the listeners', () => {
  const { host, history } = fakeHost('/');
  const store = createLocation(host);
  const listener = vi.fn();
  store.subscribe(listener);
  store.navigate('/findings?state=open');
  expect(history.pushState).toHaveBeenCalledOnce();
  expect(listener).toHaveBeenCalledOnce();
  expect(store.get().path).toBe('/findings');
  expect(store.get().query.get('state')).toBe('open');
});

test('a filter replaces the entry, and an empty one leaves the query', () => {
  const { host, history } = fakeHost('/findings?text=cart');
  const store = createLocation(host);
  store.setQuery({ text: undefined, state: 'open' });
  expect(history.replaceState).toHaveBeenLastCalledWith(null, '', '/findings?state=open');
  store.setQuery({ state: '' });
  expect(history.replaceState).toHaveBeenLastCalledWith(null, '', '/findings');
});

test('setting what is already set changes nothing', () => {
  const { host, history } = fakeHost('/findings?state=open');
  const store = createLocation(host);
  store.setQuery({ state: 'open' });
  expect(history.replaceState).not.toHaveBeenCalled();
});

test('going back is noticed, and a listener that left is not told', () => {
  const { host, go, pop } = fakeHost('/findings');
  const store = createLocation(host);
  const listener = vi.fn();
  const stop = store.subscribe(listener);
  go('/');
  pop();
  expect(store.get().path).toBe('/');
  stop();
  pop();
  expect(listener).toHaveBeenCalledOnce();
});
