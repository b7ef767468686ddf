// The address bar as a store. Navigating pushes, changing a filter replaces; both tell whoever listens. Own links go
// through `navigate`, so that the page never reloads.

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface LocationStore {
  get(): Place;
  subscribe(listener: () => void): () => void;
  navigate(url: string): void;
  /** Sets, or with undefined removes, parameters of the query in place. */
  setQuery(changes: Readonly<Record<string, string | undefined>>): void;
}

type Host = Pick<Window, 'location' | 'history' | 'addEventListener'>;

export function createLocation(host: Host): LocationStore {
  const listeners = new Set<() => void>();
  let place = read(host);
  const update = (): void => {
    place = read(host);
    for (const listener of [...listeners]) listener();
  };
  host.addEventListener('popstate', update);
  return {
    get: () => place,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    navigate(url) {
      host.history.pushState(null, '', url);
      update();
    },
    setQuery(changes) {
      const query = new URLSearchParams(place.query);
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined || value === '') query.delete(name);
        else query.set(name, value);
      }
      const search = query.toString();
      if (search === place.query.toString()) return;
      host.history.replaceState(null, '', search === '' ? place.path : `${place.path}?${search}`);
      update();
    },
  };
}

function read(host: Host): Place {
  return { path: host.location.pathname, query: new URLSearchParams(host.location.search) };
}
